"""The peers, each in one function that is given its inputs and returns the work that is timed.

Driven by peer.ts: one request a line on standard input, one answer a line on standard output.
"""

import json
import sys
import time

import numpy as np
import scipy.fft
import scipy.linalg


def dct_blocks(signal):
    return lambda: scipy.fft.dct(signal, type=2, norm="ortho", axis=-1, workers=1)


def walsh_blocks(signal):
    length = signal.shape[1]
    rows = scipy.linalg.hadamard(length)
    changes = (np.diff(rows, axis=1) != 0).sum(axis=1)
    matrix = (rows[np.argsort(changes)] / np.sqrt(length)).astype(signal.dtype)
    return lambda: signal @ matrix


def real_fft(signal):
    return lambda: scipy.fft.rfft(signal, workers=1)


def matrix_product(left, right):
    return lambda: left @ right


def outer_products(rows):
    return lambda: rows.T @ rows


def matching_pursuit(atoms, signals, nonzeros):
    from sklearn.linear_model import orthogonal_mp_gram

    gram = atoms @ atoms.T
    return lambda: orthogonal_mp_gram(gram, atoms @ signals.T, n_nonzero_coefs=nonzeros).T


def principal_components(blocks, solver):
    from sklearn.decomposition import PCA

    return lambda: PCA(svd_solver=solver).fit(blocks).explained_variance_


def main():
    work = None
    result = None
    for line in sys.stdin:
        request = json.loads(line)
        answer = {}
        try:
            if request["do"] == "prepare":
                arrays = [
                    np.fromfile(given["path"], dtype=given["type"]).reshape(given["shape"])
                    for given in request["inputs"]
                ]
                work = globals()[request["function"]](*arrays, **request["parameters"])
            elif request["do"] == "run":
                start = time.perf_counter()
                for _ in range(request["repeats"]):
                    result = work()
                answer["seconds"] = time.perf_counter() - start
            elif request["do"] == "result":
                if np.iscomplexobj(result):
                    result = np.concatenate([result.real, result.imag])
                np.asarray(result, dtype="float64").ravel().tofile(request["path"])
            elif request["do"] == "versions":
                import pywt
                import sklearn

                answer["versions"] = {
                    "numpy": np.__version__,
                    "scipy": scipy.__version__,
                    "pywavelets": pywt.__version__,
                    "scikit-learn": sklearn.__version__,
                }
        except Exception as error:  # reported to whoever asked
            answer["error"] = f"{type(error).__name__}: {error}"
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
