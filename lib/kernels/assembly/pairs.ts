// Even and odd elements, which wavelets take apart.

/** The even elements of two consecutive vectors. */
@inline
export function evenOf<T>(a: v128, b: v128): v128 {
  return sizeof<T>() == 4 ? i32x4.shuffle(a, b, 0, 2, 4, 6) : i64x2.shuffle(a, b, 0, 2);
}

/** The odd elements of two consecutive vectors. */
@inline
export function oddOf<T>(a: v128, b: v128): v128 {
  return sizeof<T>() == 4 ? i32x4.shuffle(a, b, 1, 3, 5, 7) : i64x2.shuffle(a, b, 1, 3);
}
