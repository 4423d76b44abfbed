"""One operator of the benchmark in a process of its own: `python -m bench.k8s_side SIDE NAMESPACE`.

Sides: `bare`, without telemetry; `ours`, started and instrumented as the service is, exporting to the
endpoint in the environment. For each line that comes in it answers with its processor time in seconds, its
memory in bytes, and how many blocks of memory Python's objects have.
"""

import contextlib
import gc
import sys
import time

import psutil

from k8s_operator.settings import Settings
from k8s_operator.startup import spare_collector, start_telemetry
from k8s_operator.thread import operator_in_thread


def main(side: str, namespace: str) -> None:
    """Serve until the end of the input."""
    answers = sys.stdout
    with contextlib.redirect_stdout(sys.stderr):  # the operator's log is no answer
        telemetry = start_telemetry() if side == "ours" else None
        spare_collector()
        process = psutil.Process()
        with operator_in_thread(Settings(namespaces=namespace, resync_seconds=3600)):
            print("ready", file=answers, flush=True)
            spent = 0.0  # on what is asked here
            for _ in sys.stdin:
                seconds = time.process_time()
                gc.collect()
                size, blocks = process.memory_info().rss, sys.getallocatedblocks()
                collecting = time.process_time() - seconds
                print(seconds - spent, size, blocks, file=answers, flush=True)
                spent += collecting
        if telemetry is not None:
            telemetry.shutdown()


if __name__ == "__main__":
    main(*sys.argv[1:])
