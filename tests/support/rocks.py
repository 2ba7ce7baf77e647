"""The store of a stopped engine (docs/STORAGE_FORMAT.md), through RocksDB's C interface: for checks that need what no event makes."""

import contextlib
import ctypes
import ctypes.util

FAMILIES = [b"default", b"rows", b"due", b"log"]


class Store:
    def __init__(self, rocks, handle, families):
        self.rocks, self.handle, self.families = rocks, handle, dict(zip(FAMILIES, families))
        self.write = ctypes.c_void_p(rocks.rocksdb_writeoptions_create())

    def _checked(self, function, *arguments):
        error = ctypes.c_char_p()
        function(self.handle, self.write, *arguments, ctypes.byref(error))
        assert error.value is None, error.value

    def put(self, family, key, value):
        self._checked(self.rocks.rocksdb_put_cf, ctypes.c_void_p(self.families[family]), key, ctypes.c_size_t(len(key)), value,
                      ctypes.c_size_t(len(value)))

    def delete(self, family, key):
        self._checked(self.rocks.rocksdb_delete_cf, ctypes.c_void_p(self.families[family]), key, ctypes.c_size_t(len(key)))

    def keys(self, family):
        rocks, size, found = self.rocks, ctypes.c_size_t(), []
        read = ctypes.c_void_p(rocks.rocksdb_readoptions_create())
        at = ctypes.c_void_p(rocks.rocksdb_create_iterator_cf(self.handle, read, ctypes.c_void_p(self.families[family])))
        rocks.rocksdb_iter_seek_to_first(at)
        while rocks.rocksdb_iter_valid(at):
            found.append(ctypes.string_at(rocks.rocksdb_iter_key(at, ctypes.byref(size)), size.value))
            rocks.rocksdb_iter_next(at)
        rocks.rocksdb_iter_destroy(at)
        return found


@contextlib.contextmanager
def opened(data):
    rocks = ctypes.CDLL(ctypes.util.find_library("rocksdb"))
    for name in ["options_create", "writeoptions_create", "readoptions_create", "open_column_families", "create_iterator_cf", "iter_key"]:
        getattr(rocks, "rocksdb_" + name).restype = ctypes.c_void_p
    rocks.rocksdb_iter_valid.restype = ctypes.c_ubyte
    options = ctypes.c_void_p(rocks.rocksdb_options_create())
    count = len(FAMILIES)
    families, error = (ctypes.c_void_p * count)(), ctypes.c_char_p()
    handle = ctypes.c_void_p(rocks.rocksdb_open_column_families(
        options, data.encode(), count, (ctypes.c_char_p * count)(*FAMILIES), (ctypes.c_void_p * count)(*[options.value] * count), families,
        ctypes.byref(error)))
    assert error.value is None, error.value
    try:
        yield Store(rocks, handle, families)
    finally:
        for family in families:
            rocks.rocksdb_column_family_handle_destroy(ctypes.c_void_p(family))
        rocks.rocksdb_close(handle)
