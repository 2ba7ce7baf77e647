"""A broker of one node for another program: prints `ADDRESS PID` when it answers and ends with its standard input."""

import argparse
import sys

import jars
from broker import Cluster


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--heap", default="1g")
    wanted = parser.parse_args()
    try:
        cluster = Cluster(heap=wanted.heap)
    except jars.Absent as absent:
        raise SystemExit(f"absent: {absent}") from None
    with cluster:
        print(cluster.address, cluster.nodes[1].process.pid, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
