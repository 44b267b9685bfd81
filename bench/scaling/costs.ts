/** What work costs against how much there is of it. */

/** What one process took. */
export interface Cost {
  /** Samples of all channels together. */
  readonly samples: number;
  /** Processor seconds of all threads. */
  readonly seconds: number;
  /** Largest resident memory, 10⁶ bytes. */
  readonly megabytes: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/** The cost at one size. */
export interface CostPoint extends Cost {
  /** Hours, channels, recordings or seconds. */
  readonly size: number;
}

/** A fixed part, and what each unit of size adds. */
export interface Line {
  readonly fixed: number;
  readonly slope: number;
}

/** The same work at several sizes. */
export interface CostCurve {
  /** `"encode lossless-fast"` */
  readonly work: string;
  readonly points: readonly CostPoint[];
  readonly seconds: Line;
  readonly megabytes: Line;
  readonly bytesWritten: Line;
}

/** Least-squares line; through points of one size it is level. */
export function lineThrough(x: readonly number[], y: readonly number[]): Line {
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const spread = x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
  const slope = spread === 0 ? 0 : x.reduce((sum, value, i) => sum + (value - mx) * (y[i]! - my), 0) / spread;
  return { fixed: my - slope * mx, slope };
}

/** The lines through the points of a curve. */
export function curveOfCosts(work: string, points: readonly CostPoint[]): CostCurve {
  const sizes = points.map(({ size }) => size);
  const line = (key: 'seconds' | 'megabytes' | 'bytesWritten'): Line =>
    lineThrough(
      sizes,
      points.map((point) => point[key]),
    );
  return {
    work,
    points,
    seconds: line('seconds'),
    megabytes: line('megabytes'),
    bytesWritten: line('bytesWritten'),
  };
}

/** A line at a size that was not measured. */
export function at({ fixed, slope }: Line, size: number): number {
  return fixed + slope * size;
}
