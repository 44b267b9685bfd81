"""Recordings whose spikes are known, and how well sorters find them.

    python3 sort.py facts                       (npm run bench -- --sorting does all three)
    python3 sort.py record folder seed …
    python3 sort.py sort folder sorter,sorter seed …

`facts` prints rate, channels and so on as JSON. `record` writes for each seed folder/<seed>/original.raw, int16, one time of
all channels after another, and what is needed to sort it. `sort` sorts every folder/<seed>/*.raw by the sorters and prints
JSON: a list of {seed, file, sorter, accuracies, failed}, with the accuracy of each unit, hits / (hits + misses + false
alarms). What was sorted is kept in folder/sorted.json, by the hash of the file, so that a run which was stopped goes on.
"""

import contextlib
import hashlib
import importlib.metadata
import io
import json
import logging
import os
import sys
import tempfile
import warnings
from pathlib import Path

# One thread: NumPy and Numba read these once, when they are imported.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np
import probeinterface
import spikeinterface
from spikeinterface.comparison import compare_sorter_to_ground_truth
from spikeinterface.sorters import run_sorter

RATE = 30000
SECONDS = 20
CHANNELS = 4
UNITS = 6
# µV a code, as Intan's amplifiers have it.
GAIN = 0.195
NOISE = 10
# Power of slow waves over that of the noise: with 4, 80% of all is slow, as in the Neuralink recordings.
SLOW_POWER = 4
SLOW_HERTZ = 300

# Parameters are those of SpikeInterface, but for what changes from run to run, and for drift, of which there is none.
SORTERS = {
    "mountainsort5": {"whitening_seed": 1},
    "tridesclous2": {"seed": 1},
    "spykingcircus2": {"seed": 1, "apply_motion_correction": False, "deterministic_peaks_detection": True},
}


def slow_waves(generator, length):
    """Waves of 1 to 300 Hz with a spectrum of 1/f², of power 1."""
    frequencies = np.fft.rfftfreq(length, 1 / RATE)
    kept = (frequencies >= 1) & (frequencies < SLOW_HERTZ)
    spectrum = np.zeros(len(frequencies), complex)
    spectrum[kept] = generator.standard_normal((kept.sum(), 2)) @ [1, 1j] / frequencies[kept]
    waves = np.fft.irfft(spectrum, length)
    return waves / waves.std()


def record(folder, seed):
    """A recording of SpikeInterface with slow waves, half of their power common to all channels."""
    recording, sorting = spikeinterface.generate_ground_truth_recording(
        durations=[SECONDS],
        sampling_frequency=RATE,
        num_channels=CHANNELS,
        num_units=UNITS,
        generate_sorting_kwargs={"firing_rates": (3, 15), "refractory_period_ms": 4.0},
        noise_kwargs={"noise_levels": NOISE, "strategy": "on_the_fly"},
        seed=seed,
    )
    generator = np.random.default_rng(seed)
    length = RATE * SECONDS
    common = slow_waves(generator, length)
    traces = recording.get_traces().astype(float)
    for channel in range(CHANNELS):
        waves = (common + slow_waves(generator, length)) / np.sqrt(2)
        traces[:, channel] += NOISE * np.sqrt(SLOW_POWER) * waves
    folder.mkdir(parents=True, exist_ok=True)
    np.clip(np.rint(traces / GAIN), -32768, 32767).astype("<i2").tofile(folder / "original.raw")
    probeinterface.write_probeinterface(folder / "probe.json", recording.get_probe())
    spikes = sorting.to_spike_vector()
    np.savez(folder / "spikes.npz", times=spikes["sample_index"], units=spikes["unit_index"])


def opened(path):
    recording = spikeinterface.BinaryRecordingExtractor(
        [path], RATE, "int16", CHANNELS, gain_to_uV=GAIN, offset_to_uV=0
    )
    probe = probeinterface.read_probeinterface(path.parent / "probe.json").probes[0]
    recording.set_probe(probe, in_place=True)
    return recording


def truth_of(folder):
    known = np.load(folder / "spikes.npz")
    return spikeinterface.NumpySorting.from_samples_and_labels([known["times"]], [known["units"]], RATE)


def sorted_file(path, sorter):
    """Accuracy of each unit, and whether the sorter gave up, which finds no unit: some do where there are few spikes."""
    truth = truth_of(path.parent)
    with tempfile.TemporaryDirectory() as work:
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                found = run_sorter(sorter, opened(path), folder=Path(work) / "sorted", **SORTERS[sorter])
        except Exception as error:
            # An original is sorted by every sorter; where it is not, something else is wrong.
            if path.stem == "original":
                raise
            print(f"{sorter} gave up on {path}: {str(error).strip().splitlines()[-1]}", file=sys.stderr)
            return {"accuracies": [0.0] * len(truth.unit_ids), "failed": True}
        compared = compare_sorter_to_ground_truth(truth, found, exhaustive_gt=True)
        found = [round(float(value), 3) for value in compared.get_performance()["accuracy"]]
        return {"accuracies": found, "failed": False}


def sort(folder, sorters, seeds):
    kept = folder / "sorted.json"
    known = json.loads(kept.read_text()) if kept.exists() else {}
    rows = []
    paths = [path for seed in seeds for path in sorted((folder / seed).glob("*.raw"))]
    hashes = {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    for sorter in sorters:
        for path in paths:
            key = f"{hashes[path]} {sorter} {json.dumps(SORTERS[sorter])}"
            if key not in known:
                known[key] = sorted_file(path, sorter)
                kept.write_text(json.dumps(known))
                print(f"{sorter}, {path.parent.name}/{path.stem}: {known[key]['accuracies']}", file=sys.stderr)
            rows.append({"seed": int(path.parent.name), "file": path.stem, "sorter": sorter, **known[key]})
    return rows


def main(task, folder=None, *rest):
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    spikeinterface.set_global_job_kwargs(n_jobs=1, progress_bar=False)
    if task == "facts":
        versions = {name: importlib.metadata.version(name) for name in ("spikeinterface", "mountainsort5")}
        facts = {"rate": RATE, "seconds": SECONDS, "channels": CHANNELS, "units": UNITS, "gain": GAIN}
        json.dump({**facts, "sorters": list(SORTERS), "versions": versions}, sys.stdout)
    elif task == "record":
        for seed in rest:
            record(Path(folder) / seed, int(seed))
    else:
        sorters, *seeds = rest
        json.dump(sort(Path(folder), sorters.split(","), seeds), sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
