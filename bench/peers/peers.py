"""Runs the compressors of other projects for bench/peers/run.ts.

First writes one line of JSON that names all compressors, their versions and settings, and those that are missing. Then
answers each line that it reads, {"codes": file, "out": folder, "slow": whether slow ones run too}, with one line: for each
compressor and setting the bytes of its file, and the file with the codes that its decoder gave back.

Codes are 16-bit integers, little-endian, from 0 to 1023. Every decoder is given the compressed bytes and nothing else; what
a library does not keep, such as the number of samples, is written into them and counted.
"""

import bz2
import json
import lzma
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version

import brotli
import fpzip
import imageio_ffmpeg
import numpy as np
import pywt
import simple_ans
import zfpy
import zstandard
from pcodec import ChunkConfig, standalone
from pysz import sz, szConfig, szErrorBoundMode

CENTER = 512
FULL = 1023
BITS = 10

# Audio coders are told a rate that all of them know; nothing is resampled. Opus takes away what is below 3 Hz at the rate
# that it is told, so it is told the highest.
AUDIO_RATE = 24000
OPUS_RATE = 48000
# Codes fill 15 of 16 bits, so that overshoots of a decoder are not cut off.
AUDIO_GAIN = 32


def packed(codes):
    bits = ((codes[:, None] >> np.arange(BITS - 1, -1, -1)) & 1).astype(np.uint8)
    return struct.pack("<I", len(codes)) + np.packbits(bits.ravel()).tobytes()


def unpacked(data):
    (length,) = struct.unpack_from("<I", data)
    bits = np.unpackbits(np.frombuffer(data, np.uint8, offset=4))[: BITS * length]
    return bits.reshape(length, BITS).astype(np.int64) @ (1 << np.arange(BITS - 1, -1, -1))


def centered(codes):
    return (codes.astype(np.int32) - CENTER).astype("<i2")


def as_codes(values):
    return np.clip(np.rint(np.asarray(values, np.float64)) + CENTER, 0, FULL).astype("<u2")


def differences(codes):
    values = centered(codes).astype(np.int32)
    return np.diff(values, prepend=0).astype("<i2")


def from_differences(values):
    return as_codes(np.cumsum(values.astype(np.int64)))


class Bytes:
    """A coder of bytes, given the packed codes, the codes in 16 bits, or their differences, whichever is smallest."""

    lossless = True
    slow = False
    settings = (0,)

    def __init__(self, name, release, told, compress, decompress):
        self.name, self.version = name, release
        self.told = f"packed 10-bit codes, codes in 16 bits, or their differences, the smallest; {told}"
        self.compress, self.decompress = compress, decompress

    def encode(self, codes, _):
        forms = (packed(codes), centered(codes).tobytes(), differences(codes).tobytes())
        coded = [bytes([form]) + self.compress(data) for form, data in enumerate(forms)]
        return min(coded, key=len)

    def decode(self, data):
        plain = self.decompress(data[1:])
        if data[0] == 0:
            return unpacked(plain)
        values = np.frombuffer(plain, "<i2")
        return as_codes(values) if data[0] == 1 else from_differences(values)


class Pcodec:
    name, version, told = "pcodec", version("pcodec"), "codes in 16 bits, level 12"
    lossless, slow, settings = True, False, (0,)

    def encode(self, codes, _):
        return bytes(standalone.simple_compress(centered(codes), ChunkConfig(compression_level=12)))

    def decode(self, data):
        return as_codes(np.asarray(standalone.simple_decompress(data)))


class SimpleAns:
    name, version = "simple-ans", version("simple_ans")
    told = "codes or their differences, the smaller; its symbol table counted"
    lossless, slow, settings = True, False, (0,)

    @staticmethod
    def pack(form, signal):
        coded = simple_ans.ans_encode(np.ascontiguousarray(signal))
        head = struct.pack("<BQIII", form, int(coded.state), coded.signal_length, len(coded.symbol_values), len(coded.words))
        return head + coded.symbol_values.astype("<i2").tobytes() + coded.symbol_counts.astype("<u4").tobytes() + coded.words.astype("<u4").tobytes()

    @staticmethod
    def unpack(data):
        form, state, length, symbols, words = struct.unpack_from("<BQIII", data)
        at = struct.calcsize("<BQIII")
        values = np.frombuffer(data, "<i2", symbols, at)
        counts = np.frombuffer(data, "<u4", symbols, at + 2 * symbols)
        stack = np.frombuffer(data, "<u4", words, at + 6 * symbols)
        signal = simple_ans.ans_decode(
            simple_ans.EncodedSignal(
                state=np.uint64(state),
                words=stack.astype(np.uint32),
                symbol_counts=counts.astype(np.uint32),
                symbol_values=values.astype(np.int16),
                signal_length=length,
            )
        )
        return form, signal

    def encode(self, codes, _):
        return min((self.pack(0, centered(codes)), self.pack(1, differences(codes))), key=len)

    def decode(self, data):
        form, signal = self.unpack(data)
        return as_codes(signal) if form == 0 else from_differences(signal)


def wav(samples, rate):
    data = samples.astype("<i2").tobytes()
    head = b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, rate, 2 * rate, 2, 16)
    return head + b"data" + struct.pack("<I", len(data)) + data


def wav_samples(data):
    at = data.index(b"data")
    return np.frombuffer(data, "<i2", offset=at + 8, count=(len(data) - at - 8) // 2)


class Program:
    """A program that reads and writes files, on WAV files of codes."""

    def __init__(self, name, program, encode, decode, settings=(0,), told="", lossless=True, slow=False, release="--version"):
        self.name, self.program, self.commands = name, program, (encode, decode)
        self.settings, self.lossless, self.slow = settings, lossless, slow
        self.told = f"10-bit codes as WAV; {told}"
        self.release = release
        self.version = ""

    def missing(self):
        if shutil.which(self.program) is None:
            return f"no program {self.program} on the PATH"
        said = subprocess.run([self.program, self.release], capture_output=True, text=True)
        self.version = (said.stdout or said.stderr).strip().split("\n")[0][:80]
        return None

    def run(self, command, files, setting=0):
        parts = [part.format(**files, setting=setting) for part in command.split()]
        done = subprocess.run(parts, capture_output=True)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(parts)}: {done.stderr.decode(errors='replace')[-300:]}")

    def through(self, command, ending_in, data, ending_out, setting=0):
        with tempfile.TemporaryDirectory() as folder:
            files = {"given": os.path.join(folder, f"given{ending_in}"), "made": os.path.join(folder, f"made{ending_out}")}
            with open(files["given"], "wb") as file:
                file.write(data)
            self.run(command, files, setting)
            # paq8px adds an ending of its own.
            made = files["made"] if os.path.exists(files["made"]) else next(
                os.path.join(folder, name) for name in sorted(os.listdir(folder)) if not name.startswith("given")
            )
            with open(made, "rb") as file:
                return file.read()

    def encode(self, codes, setting):
        return self.through(self.commands[0], ".wav", wav(centered(codes), 19531), ".wv", setting)

    def decode(self, data):
        return as_codes(wav_samples(self.through(self.commands[1], ".wv", data, ".wav")))


class Audio:
    """A coder of FFmpeg. Its delay is known to its decoder; number and mean of the samples are written before the file."""

    lossless, slow = False, False

    def __init__(self, name, codec, container, settings, options, delay, rate=AUDIO_RATE):
        self.name, self.codec, self.container, self.settings, self.rate = name, codec, container, settings, rate
        self.options, self.delay = options, delay
        self.program = imageio_ffmpeg.get_ffmpeg_exe()
        self.version = f"FFmpeg {imageio_ffmpeg.get_ffmpeg_version()}"
        self.told = f"codes less their mean, times {AUDIO_GAIN} as 16-bit audio that is told to have {rate} Hz; {codec} {options}"

    def run(self, arguments, data):
        command = [self.program, "-v", "error", "-bitexact", *arguments]
        done = subprocess.run(command, input=data, capture_output=True)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr.decode(errors='replace')[-300:]}")
        return done.stdout

    def encode(self, codes, setting):
        mean = int(round(float(np.mean(codes))))
        samples = np.clip((codes.astype(np.int32) - mean) * AUDIO_GAIN, -32768, 32767).astype("<i2").tobytes()
        raw = ["-f", "s16le", "-ar", str(self.rate), "-ac", "1", "-i", "pipe:0"]
        options = self.options.format(setting=setting).split()
        kept = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags", "+bitexact"]
        made = self.run([*raw, "-c:a", self.codec, *options, *kept, "-f", self.container, "pipe:1"], samples)
        return struct.pack("<IH", len(codes), mean) + made

    def decode(self, data):
        length, mean = struct.unpack_from("<IH", data)
        given = "aac" if self.container == "adts" else self.container
        back = self.run(["-f", given, "-i", "pipe:0", "-ar", str(self.rate), "-ac", "1", "-f", "s16le", "pipe:1"], data[6:])
        samples = np.frombuffer(back, "<i2")[self.delay :][:length].astype(np.float64)
        return as_codes(np.concatenate([samples, np.zeros(length - len(samples))]) / AUDIO_GAIN + mean - CENTER)


class Zfp:
    name, version, told = "zfp", version("zfpy"), "codes as 32-bit floats, fixed accuracy {setting}"
    lossless, slow = False, False
    settings = (2, 4, 8, 16, 32, 64, 128, 256)

    def encode(self, codes, setting):
        return bytes(zfpy.compress_numpy(centered(codes).astype(np.float32), tolerance=setting))

    def decode(self, data):
        return as_codes(zfpy.decompress_numpy(data))


class Sz3:
    name, version, told = "SZ3", version("pysz"), "codes as 32-bit floats, absolute error of {setting} at most"
    lossless, slow = False, False
    settings = (1, 2, 4, 8, 12, 16, 24, 32, 48, 64)

    def encode(self, codes, setting):
        config = szConfig()
        config.errorBoundMode = szErrorBoundMode.ABS
        config.absErrorBound = float(setting)
        coded, _ = sz.compress(centered(codes).astype(np.float32), config)
        return struct.pack("<I", len(codes)) + np.asarray(coded, np.uint8).tobytes()

    def decode(self, data):
        (length,) = struct.unpack_from("<I", data)
        values, _ = sz.decompress(np.frombuffer(data, np.uint8, offset=4).copy(), np.float32, (length,))
        return as_codes(values)


class Fpzip:
    name, version, told = "fpzip", version("fpzip"), "codes as 32-bit floats, {setting} bits of precision"
    lossless, slow = False, False
    settings = (11, 12, 13, 14, 15, 16)

    def encode(self, codes, setting):
        return fpzip.compress(codes.astype(np.float32), precision=setting)

    def decode(self, data):
        return as_codes(np.asarray(fpzip.decompress(data)).ravel() - CENTER)


def integers(parts):
    """Integers as bytes, by whichever general coder is smallest; 16 bits where 8 do not hold them."""
    values = np.concatenate(parts)
    wide = int(np.max(np.abs(values), initial=0)) > 127
    data = values.astype("<i2" if wide else "i1").tobytes()
    raw = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME}]
    coded = [bz2.compress(data, 9), lzma.compress(data, lzma.FORMAT_RAW, filters=raw), brotli.compress(data, quality=11)]
    best = min(range(3), key=lambda i: len(coded[i]))
    return bytes([2 * best + wide]) + coded[best]


def from_integers(data):
    best, wide = data[0] >> 1, data[0] & 1
    raw = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME}]
    undo = (bz2.decompress, lambda coded: lzma.decompress(coded, lzma.FORMAT_RAW, filters=raw), brotli.decompress)
    return np.frombuffer(undo[best](data[1:]), "<i2" if wide else "i1").astype(np.int64)


class Thresholded:
    name, version = "PyWavelets", version("PyWavelets")
    told = "sym8, 8 levels, hard threshold and step {setting}, integers by the best of bzip2, LZMA and brotli"
    lossless, slow = False, False
    settings = (2, 4, 8, 16, 24, 32, 48, 64, 96, 128)
    wavelet, levels, mode = "sym8", 8, "periodization"

    def shapes(self, length):
        return [len(part) for part in pywt.wavedec(np.zeros(length), self.wavelet, self.mode, self.levels)]

    def encode(self, codes, setting):
        parts = pywt.wavedec(centered(codes).astype(np.float64), self.wavelet, self.mode, self.levels)
        quantized = [np.rint(pywt.threshold(part, setting, "hard") / setting) for part in parts]
        return struct.pack("<If", len(codes), setting) + integers(quantized)

    def decode(self, data):
        length, step = struct.unpack_from("<If", data)
        values = from_integers(data[8:]) * step
        parts = np.split(values, np.cumsum(self.shapes(length))[:-1])
        return as_codes(pywt.waverec(parts, self.wavelet, self.mode)[:length])


class Implant:
    name, version = "5/3 wavelet", "this script"
    told = "integer lifting as implants have it, 5 levels, threshold and step {setting}, integers by the best of bzip2, LZMA and brotli"
    lossless, slow = False, False
    settings = (2, 4, 8, 16, 24, 32, 48, 64, 96, 128)
    levels = 5

    @staticmethod
    def split(signal):
        even, odd = signal[0::2], signal[1::2]
        following = np.append(even[1:], even[-1])[: len(odd)]
        detail = odd - ((even[: len(odd)] + following) >> 1)
        before = np.append(detail[0], detail)[: len(even)]
        after = np.append(detail, detail[-1])[: len(even)]
        return even + ((before + after + 2) >> 2), detail

    @staticmethod
    def join(smooth, detail):
        before = np.append(detail[0], detail)[: len(smooth)]
        after = np.append(detail, detail[-1])[: len(smooth)]
        even = smooth - ((before + after + 2) >> 2)
        following = np.append(even[1:], even[-1])[: len(detail)]
        odd = detail + ((even[: len(detail)] + following) >> 1)
        signal = np.empty(len(even) + len(odd), np.int64)
        signal[0::2], signal[1::2] = even, odd
        return signal

    def encode(self, codes, setting):
        smooth, details = centered(codes).astype(np.int64), []
        for _ in range(self.levels):
            smooth, detail = self.split(smooth)
            details.append(detail)
        parts = [smooth, *reversed(details)]
        quantized = [np.where(np.abs(part) < setting, 0, np.rint(part / setting)) for part in parts]
        return struct.pack("<If", len(codes), setting) + integers(quantized)

    def decode(self, data):
        length, step = struct.unpack_from("<If", data)
        lengths = [length]
        for _ in range(self.levels):
            lengths.append((lengths[-1] + 1) // 2)
        values = np.rint(from_integers(data[8:]) * step).astype(np.int64)
        smooth, at = values[: lengths[-1]], lengths[-1]
        for level in range(self.levels - 1, -1, -1):
            count = lengths[level] - lengths[level + 1]
            smooth = self.join(smooth, values[at : at + count])
            at += count
        return as_codes(smooth)


RAW_LZMA = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME}]

PEERS = [
    Pcodec(),
    SimpleAns(),
    Bytes("bzip2", sys.version.split()[0], "level 9, Python's bz2", lambda data: bz2.compress(data, 9), bz2.decompress),
    Bytes(
        "xz (LZMA2)",
        sys.version.split()[0],
        "preset 9e, Python's lzma without a container",
        lambda data: lzma.compress(data, lzma.FORMAT_RAW, filters=RAW_LZMA),
        lambda data: lzma.decompress(data, lzma.FORMAT_RAW, filters=RAW_LZMA),
    ),
    Bytes(
        "zstd",
        ".".join(map(str, zstandard.ZSTD_VERSION)),
        "level 22",
        lambda data: zstandard.ZstdCompressor(level=22).compress(data),
        lambda data: zstandard.ZstdDecompressor().decompress(data),
    ),
    Bytes("brotli", version("brotli"), "quality 11, window 24", lambda data: brotli.compress(data, quality=11, lgwin=24), brotli.decompress),
    Program("FLAC", "flac", "flac -s -f -8 -e -p -r 15 -l 32 --lax --no-padding --no-seektable -o {made} {given}", "flac -s -f -d -o {made} {given}", told="-8 -e -p -r 15 -l 32"),
    Program("WavPack", "wavpack", "wavpack -q -y -hhx6 {given} -o {made}", "wvunpack -q -y {given} -o {made}", told="-hhx6"),
    Program("Sac", "sac", "sac --encode --high {given} {made}", "sac --decode {given} {made}", told="--high", slow=True, release="--help"),
    Program("paq8px", "paq8px", "paq8px -6 {given} {made}", "paq8px -d {given} {made}", told="-6", slow=True, release="-help"),
    Program(
        "WavPack hybrid",
        "wavpack",
        "wavpack -q -y -hhx6 -b{setting} {given} -o {made}",
        "wvunpack -q -y {given} -o {made}",
        settings=(2.25, 2.5, 3, 3.5, 4),
        told="-hhx6 -b{setting}",
        lossless=False,
    ),
    Audio("Opus", "libopus", "ogg", (6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192), "-vbr on -compression_level 10 -application audio -b:a {setting}k", 0, OPUS_RATE),
    Audio("Vorbis", "libvorbis", "ogg", (0.1, 1, 2, 3, 4, 6, 8, 10), "-q:a {setting}", 0),
    Audio("MP3", "libmp3lame", "mp3", (8, 16, 24, 32, 48, 64, 96, 128, 160), "-b:a {setting}k -compression_level 0 -id3v2_version 0 -write_xing 0", 1105),
    Audio("AAC", "aac", "adts", (6, 8, 12, 16, 24, 32, 48, 64, 96), "-b:a {setting}k", 1024),
    Zfp(),
    Sz3(),
    Fpzip(),
    Thresholded(),
    Implant(),
]


def missing(peer):
    return peer.missing() if isinstance(peer, Program) else None


def main():
    reasons = [(peer, missing(peer)) for peer in PEERS]
    present = [peer for peer, reason in reasons if reason is None]
    described = [
        {"name": peer.name, "version": peer.version, "told": peer.told, "lossless": peer.lossless, "slow": peer.slow, "settings": list(peer.settings)}
        for peer in present
    ]
    absent = [{"name": peer.name, "reason": reason} for peer, reason in reasons if reason is not None]
    print(json.dumps({"peers": described, "missing": absent}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        codes = np.fromfile(request["codes"], "<u2")
        answers = []
        for peer in present:
            if peer.slow and not request["slow"]:
                continue
            for setting in peer.settings:
                try:
                    start = time.perf_counter()
                    data = peer.encode(codes, setting)
                    middle = time.perf_counter()
                    back = np.asarray(peer.decode(data)).astype("<u2")
                    end = time.perf_counter()
                except Exception as error:  # One compressor that fails on a recording is reported, and the others go on.
                    answers.append({"name": peer.name, "setting": setting, "error": str(error)[-300:]})
                    continue
                path = os.path.join(request["out"], f"{len(answers)}.codes")
                back.tofile(path)
                answers.append(
                    {
                        "name": peer.name,
                        "setting": setting,
                        "bytes": len(data),
                        "decoded": path,
                        "encodeSeconds": middle - start,
                        "decodeSeconds": end - middle,
                    }
                )
        print(json.dumps(answers), flush=True)


main()
