"""The peers. Each is a function that takes its inputs and returns the work to be timed. Where the peer's result is laid
out differently from the kernel's, it also returns a function that converts the layout; the conversion is not timed.

Driven by peer.ts: one request a line on standard input, one answer a line on standard output.
"""

import json
import sys
import time

import numpy as np
import scipy.fft
import scipy.linalg
import scipy.signal


def dct_blocks(signal):
    return lambda: scipy.fft.dct(signal, type=2, norm="ortho", axis=-1, workers=1)


def walsh_blocks(signal):
    length = signal.shape[1]
    rows = scipy.linalg.hadamard(length)
    changes = (np.diff(rows, axis=1) != 0).sum(axis=1)
    matrix = (rows[np.argsort(changes)] / np.sqrt(length)).astype(signal.dtype)
    return lambda: signal @ matrix


def fourth_dct_blocks(signal):
    return lambda: scipy.fft.dct(signal, type=4, norm="ortho", axis=-1, workers=1)


def lapped(blocks):
    """The MDCT: samples on both sides of every border are folded as the window has it, then DCT-IV."""
    half = blocks.shape[1] // 2
    rise = np.sin(np.pi * (2 * np.arange(2 * half) + 1) / (8 * half)).astype(blocks.dtype)
    cosine, sine = rise[half:], rise[:half][::-1]

    def work():
        folded = np.empty_like(blocks)
        left, right = blocks[:-1, :half - 1:-1], blocks[1:, :half]
        folded[:-1, :half - 1:-1] = left * cosine + right * sine
        folded[1:, :half] = right * cosine - left * sine
        folded[0, :half], folded[-1, half:] = blocks[0, :half], blocks[-1, half:]
        return scipy.fft.dct(-folded[:, ::-1], type=4, norm="ortho", axis=-1, workers=1, overwrite_x=True)

    return work


def real_fft(signal):
    return lambda: scipy.fft.rfft(signal, workers=1)


def wavelet_decomposition(signal, wavelet, mode, levels):
    import pywt

    wavelet = pywt.Wavelet(wavelet)
    return lambda: pywt.wavedec(signal, wavelet, mode=mode, level=levels), np.concatenate


def wavelet_reconstruction(signal, wavelet, mode, levels):
    import pywt

    wavelet = pywt.Wavelet(wavelet)
    bands = pywt.wavedec(signal, wavelet, mode=mode, level=levels)
    return lambda: pywt.waverec(bands, wavelet, mode=mode)


def lifted(signal, wavelet, levels, margin):
    """Periodic borders; only coefficients at least `margin` away from both ends of a band are compared."""
    import pywt

    wavelet = pywt.Wavelet(wavelet)

    def laid_out(bands):
        # PyWavelets takes even samples from odd ones, lifting odd from even.
        signed = [bands[0]] + [-band for band in bands[1:]]
        return np.concatenate([band[margin:-margin] for band in signed])

    return lambda: pywt.wavedec(signal, wavelet, mode="periodization", level=levels), laid_out


def lifted_integers(signal, levels):
    """The reversible 5/3 transform of JPEG 2000, of signals that can be halved as often."""

    def work():
        bands = []
        rest = signal
        for _ in range(levels):
            even, odd = rest[::2], rest[1::2]
            detail = odd.copy()
            detail[:-1] -= (even[:-1] + even[1:]) >> 1
            detail[-1] -= even[-1]
            rest = even.copy()
            rest[1:] += (detail[:-1] + detail[1:] + 2) >> 2
            rest[0] += (2 * detail[0] + 2) >> 2
            bands.append(detail)
        return [rest] + bands[::-1]

    return work, np.concatenate


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
    laid_out = None
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
                made = globals()[request["function"]](*arrays, **request["parameters"])
                work, laid_out = made if isinstance(made, tuple) else (made, np.asarray)
            elif request["do"] == "run":
                start = time.perf_counter()
                for _ in range(request["repeats"]):
                    result = work()
                answer["seconds"] = time.perf_counter() - start
            elif request["do"] == "result":
                values = laid_out(result)
                if np.iscomplexobj(values):
                    values = np.concatenate([values.real, values.imag])
                values.astype("float64").ravel().tofile(request["path"])
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
