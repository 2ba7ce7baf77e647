"""A Kafka to play with, until Ctrl-C: `./x kafka [--nodes 3] [--version V]`. What it held goes with it."""

import argparse
import signal

import jars
from broker import Cluster

LINES = """Kafka {version} is at {address}

  kcat -b {first} -L                                         which topics there are
  echo 'hello' | kcat -b {first} -P -t try                   send a record (makes the topic)
  kcat -b {first} -C -t try -o beginning -X isolation.level=read_committed
                                                             read: what is committed, and what comes

In a configuration of pointsman: kafka: {{ brokers: [{address}], replication: {nodes} }}
  ./x run topics plan --config FILE                          which topics it needs; then `create`, `check`

Ctrl-C ends it.
"""


def main():
    parser = argparse.ArgumentParser(prog="./x kafka", description=__doc__)
    parser.add_argument("--nodes", type=int, choices=(1, 3), default=1)
    parser.add_argument("--version", default=jars.VERSION, help=f"{jars.VERSION}; {jars.NEWEST} was tried, too")
    wanted = parser.parse_args()
    ended = {signal.SIGINT, signal.SIGTERM}
    try:
        cluster = Cluster(wanted.nodes, wanted.version, settings={"auto.create.topics.enable": "true"})
    except jars.Absent as absent:
        raise SystemExit(f"x: {absent}") from None
    with cluster:
        signal.pthread_sigmask(signal.SIG_BLOCK, ended)
        print(LINES.format(version=wanted.version, address=cluster.address, first=cluster.nodes[1].address,
                           nodes=wanted.nodes), flush=True)
        signal.sigwait(ended)


if __name__ == "__main__":
    main()
