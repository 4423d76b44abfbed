"""The four modes for servers and clients of threads, file by file as in `modes`."""
