"""The array types of the science; shapes are given where a value of the type is described."""

import io
import zipfile
import zlib

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

Stored = Floats | Ints | Bools | NDArray[np.int8]
"""What a snapshot keeps of a state."""

_FLAWS = (
    zipfile.BadZipFile,
    zlib.error,
    ArithmeticError,
    EOFError,
    KeyError,
    MemoryError,
    NotImplementedError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What reading bytes that are no archive comes to."""


def arrays_in(data: bytes) -> dict[str, Stored]:
    """The arrays in the bytes of an .npz that is not compressed, without pickles, by name.

    ValueError when the bytes hold none, or when an array claims to be larger than they are.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {
                each.filename.removesuffix(".npy"): _array(archive, each, room=len(data))
                for each in archive.infolist()
            }
    except _FLAWS as flaw:
        raise ValueError(f"these bytes hold no arrays: {flaw!r}") from flaw


def _array(archive: zipfile.ZipFile, member: zipfile.ZipInfo, *, room: int) -> Stored:
    if member.compress_type != zipfile.ZIP_STORED or member.file_size > room:
        raise ValueError(f"{member.filename} is larger than the bytes it is in")
    file = io.BytesIO(archive.read(member))
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError(f"{member.filename} is in another format")
    shape, by_column, kind = np.lib.format.read_array_header_1_0(file)
    if kind.hasobject:
        raise ValueError(f"{member.filename} holds objects")
    # A view would keep all of the file, and could not be written.
    flat = np.frombuffer(file.getbuffer()[file.tell() :], kind).copy()
    found: Stored = flat.reshape(shape, order="F" if by_column else "C")
    return found
