"""A real Apache Kafka for tests: one node or three (KRaft, each broker and controller) on loopback ports of their own.

Standard library only. `Cluster` is a context manager; nodes are found by their number from 1. Start and end nodes from one
thread that outlives them: a node dies with the thread that started it, so that none is left behind by a process that is killed.
Each node may have a second way in, by a proxy that can lose what is said (proxy.py).
"""

import atexit
import base64
import contextlib
import ctypes
import os
import pathlib
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

import scratch
from jars import VERSION, jars
from proxy import Proxy

HOST = "127.0.0.1"
PORTS = range(20000, 32000)  # below those that the system gives to clients
READY_S = 60
FORGOTTEN_AFTER_S = 8
FORGETFUL = {  # settings of brokers: of producers that have nothing to say, within seconds instead of a week
    "transactional.id.expiration.ms": FORGOTTEN_AFTER_S * 1000,
    "transaction.remove.expired.transaction.cleanup.interval.ms": 1000,
    "producer.id.expiration.ms": FORGOTTEN_AFTER_S * 1000,
    "producer.id.expiration.check.interval.ms": 1000,
}
PROBE_S = 0.05  # between two looks at a node that is starting
DIE_WITH_PARENT = 1  # prctl's PR_SET_PDEATHSIG
LIBC = ctypes.CDLL(None, use_errno=True)

LOGGING = """log4j.rootLogger=WARN, stdout
log4j.appender.stdout=org.apache.log4j.ConsoleAppender
log4j.appender.stdout.layout=org.apache.log4j.PatternLayout
log4j.appender.stdout.layout.ConversionPattern=[%d] %p %m (%c)%n
"""


class Node:
    """One process. Its folder holds its data, `server.properties` and `kafka.log`."""

    def __init__(self, folder, number, lib, heap):
        self.folder, self.number, self.lib, self.heap = pathlib.Path(folder), number, lib, heap
        self.folder.mkdir(parents=True)
        self.port, self.controller_port, self.proxied_port, self.proxy_port = free_ports(4)
        self.proxy = None
        self.process = None

    @property
    def address(self):
        return f"{HOST}:{self.port}"

    def add_proxy(self):
        self.proxy = Proxy(HOST, self.proxy_port, self.proxied_port)

    def write_settings(self, settings):
        ways, told = f"PLAINTEXT://{self.address}", f"PLAINTEXT://{self.address}"
        if self.proxy is not None:
            ways, told = f"{ways},PROXIED://{HOST}:{self.proxied_port}", f"{told},PROXIED://{self.proxy.address}"
        lines = {
            "process.roles": "broker,controller",
            "node.id": self.number,
            "listeners": f"{ways},CONTROLLER://{HOST}:{self.controller_port}",
            "advertised.listeners": told,
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "PLAINTEXT",
            "log.dirs": self.folder / "data",
        } | settings
        text = "".join(f"{name}={value}\n" for name, value in lines.items())
        (self.folder / "server.properties").write_text(text, encoding="utf-8")
        (self.folder / "log4j.properties").write_text(LOGGING, encoding="utf-8")

    def _java(self, options, *arguments, **popen):
        def die_with_parent():
            LIBC.prctl(DIE_WITH_PARENT, signal.SIGKILL)

        log = f"-Dlog4j.configuration=file:{self.folder}/log4j.properties"
        with open(self.folder / "kafka.log", "ab") as out:
            return subprocess.Popen(["java", *options, log, "-cp", f"{self.lib}/*", *map(str, arguments)], stdin=subprocess.DEVNULL,
                                    stdout=out, stderr=subprocess.STDOUT, preexec_fn=die_with_parent,
                                    start_new_session=True, **popen)

    def format(self, cluster_id):
        """Returns at once; the process that does it."""
        return self._java(["-XX:TieredStopAtLevel=1"], "kafka.tools.StorageTool", "format", "-t", cluster_id, "-c",
                          self.folder / "server.properties")

    def spawn(self):
        assert self.process is None, "it runs already"
        self.process = self._java(["-server", f"-Xms{self.heap}", f"-Xmx{self.heap}", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20"],
                                  "kafka.Kafka", self.folder / "server.properties")

    def knows(self):
        """Numbers of the nodes that this one names as alive; empty while it does not answer."""
        with contextlib.suppress(OSError, struct.error):
            return set(brokers_of(self.port))
        return set()

    def await_ready(self, nodes):
        """Until it names all of `nodes`."""
        end = time.monotonic() + READY_S
        while not nodes <= self.knows():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"node {self.number} is not ready (exit {self.process.poll()}):\n{self.log()}")
            threading.Event().wait(PROBE_S)

    def start(self):
        """Also after it was stopped or killed: on the data that are there."""
        self.spawn()
        self.await_ready({self.number})

    def _end(self, how, patience):
        if self.process is None:
            return
        self.process.send_signal(signal.SIGCONT)
        self.process.send_signal(how)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def stop(self):
        self._end(signal.SIGTERM, 30)

    def kill(self):
        self._end(signal.SIGKILL, 30)

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def log(self):
        with contextlib.suppress(OSError):
            return (self.folder / "kafka.log").read_text(errors="replace")[-4000:]
        return ""


class Cluster:
    """`settings` goes into each node's server.properties. jars.Absent when there is no Kafka to be had."""

    def __init__(self, nodes=1, version=VERSION, heap="512m", settings=None, proxied=False):
        lib = jars(version)
        self.folder = scratch.make("broker")
        atexit.register(self.end)
        self.nodes = {number: Node(self.folder / str(number), number, lib, heap) for number in range(1, nodes + 1)}
        replicas, minimum = min(3, nodes), min(2, nodes)
        common = {
            "controller.quorum.voters": ",".join(f"{n.number}@{HOST}:{n.controller_port}" for n in self.nodes.values()),
            "offsets.topic.replication.factor": replicas,
            "offsets.topic.num.partitions": 4,
            "transaction.state.log.replication.factor": replicas,
            "transaction.state.log.min.isr": minimum,
            "transaction.state.log.num.partitions": 4,
            "transaction.abort.timed.out.transaction.cleanup.interval.ms": 1000,
            "default.replication.factor": replicas,
            "min.insync.replicas": minimum,
            "group.initial.rebalance.delay.ms": 0,
            "group.min.session.timeout.ms": 1000,
            "log.message.timestamp.type": "LogAppendTime",
            "auto.create.topics.enable": "false",
            "broker.session.timeout.ms": 3000,  # a node that was killed is let in again after it
            "broker.heartbeat.interval.ms": 500,
        } | (settings or {})
        for node in self.nodes.values():
            if proxied:
                node.add_proxy()
            node.write_settings(common)

    @property
    def address(self):
        """For bootstrap.servers."""
        return ",".join(node.address for node in self.nodes.values())

    @property
    def proxied_address(self):
        """For who is to go through the proxies all the time."""
        return ",".join(node.proxy.address for node in self.nodes.values())

    def alter(self, topic, *settings):
        """NAME=VALUE sets one of the topic's own, NAME alone takes it back."""
        added = ",".join(setting for setting in settings if "=" in setting)
        taken = ",".join(setting for setting in settings if "=" not in setting)
        changes = (["--add-config", added] if added else []) + (["--delete-config", taken] if taken else [])
        node = next(node for node in self.nodes.values() if node.process)
        run = subprocess.run(["java", "-XX:TieredStopAtLevel=1", "-cp", f"{node.lib}/*", "kafka.admin.ConfigCommand",
                              "--bootstrap-server", node.address, "--alter", "--topic", topic, *changes],
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
        if run.returncode != 0:
            raise RuntimeError(f"{topic} cannot be altered: {run.stdout}")

    def start(self):
        end_with_us()
        cluster_id = base64.urlsafe_b64encode(b"p" + random.randbytes(15)).decode().rstrip("=")
        for node, formatting in [(node, node.format(cluster_id)) for node in self.nodes.values()]:
            if formatting.wait(READY_S) != 0:
                raise RuntimeError(f"node {node.number} cannot be formatted:\n{node.log()}")
        return self.start_again()

    def start_again(self):
        """After all were stopped or killed: on the data that are there."""
        for node in self.nodes.values():
            node.spawn()
        for node in self.nodes.values():
            node.await_ready(set(self.nodes))
        return self

    def end(self):
        """Nothing of it is left."""
        atexit.unregister(self.end)
        for node in self.nodes.values():
            node.kill()
            if node.proxy is not None:
                node.proxy.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.end()
            raise

    def __exit__(self, *_):
        self.end()


def end_with_us():
    """SIGTERM ends this process in order, so that brokers and folders go with it."""
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def free_ports(count):
    found = []
    for port in random.sample(PORTS, 200):
        with socket.socket() as trial:
            with contextlib.suppress(OSError):
                trial.bind((HOST, port))
                found.append(port)
        if len(found) == count:
            return found
    raise RuntimeError("no free ports")


def brokers_of(port, timeout=2):
    """Node numbers in a node's answer to Metadata, version 4 (https://kafka.apache.org/protocol.html). OSError or
    struct.error when it gives none."""
    body = struct.pack(">hhih", 3, 4, 1, 2) + b"pm" + struct.pack(">i?", 0, False)  # of no topic
    with socket.create_connection((HOST, port), timeout) as connection:
        connection.sendall(struct.pack(">i", len(body)) + body)
        with connection.makefile("rb") as stream:
            answer = stream.read(struct.unpack(">i", stream.read(4))[0])
    _, _, count = struct.unpack_from(">iii", answer)
    at, numbers = 12, []
    for _ in range(count):
        number, length = struct.unpack_from(">ih", answer, at)
        numbers.append(number)
        at += 6 + length + 4
        at += 2 + max(0, struct.unpack_from(">h", answer, at)[0])
    return numbers
