"""A way to a broker on which requests and answers get lost, late or others, by the kind of the request.

Standard library only. Who bootstraps at the proxy goes through it all the time: the broker advertises its address on the listener that
lies behind it (broker.py). Each connection has a thread each way, which take whole requests and answers; a fault is looked up at each.
"""

import contextlib
import socket
import struct
import threading

# https://kafka.apache.org/protocol.html#protocol_api_keys
PRODUCE, INIT_PRODUCER_ID, ADD_PARTITIONS, ADD_OFFSETS, END_TXN, TXN_OFFSET_COMMIT = 0, 22, 24, 25, 26, 28
NOT_COORDINATOR = 16
CONNECT_S = 5
SIZE, HEADER, NUMBER = struct.Struct(">i"), struct.Struct(">hhi"), struct.Struct(">i")


class Fault:
    """What is done to requests of a kind while it is set. `met` counts them; `most` is how many it is done to."""

    def __init__(self, api_key, most=1 << 30):
        self.api_key, self.most, self.met = api_key, most, 0
        self.lock = threading.Lock()

    def meets(self, api_key):
        with self.lock:
            hit = api_key == self.api_key and self.met < self.most
            self.met += hit
            return hit

    def request(self, _connection, frame):
        """What goes on to the broker in its place; None: nothing does."""
        return frame

    def answer(self, _connection, frame):
        return frame

    def end(self):
        """It is not set any more."""


class LostRequests(Fault):
    """They never get there, and nobody says so."""

    def request(self, _connection, _frame):
        return None


class LostAnswers(Fault):
    """What was asked for is done, and nobody hears of it."""

    def answer(self, _connection, _frame):
        return None


class CutAnswers(Fault):
    """The same, and the connection breaks."""

    def answer(self, connection, _frame):
        connection.cut()


class HeldRequests(Fault):
    """They, and what comes behind them on their connections, get there once it is over."""

    def __init__(self, api_key):
        super().__init__(api_key)
        self.over = threading.Event()

    def request(self, _connection, frame):
        self.over.wait()
        return frame

    def end(self):
        self.over.set()


class MovedCoordinator(Fault):
    """Whoever is asked to end a transaction says that another is its coordinator: having done it, or without."""

    def __init__(self, does_it, most=1):
        super().__init__(END_TXN, most)
        self.does_it = does_it

    @staticmethod
    def _refusal(number):
        return NUMBER.pack(number) + struct.pack(">ih", 0, NOT_COORDINATOR)  # no throttling; versions 0 to 2

    def request(self, connection, frame):
        if self.does_it:
            return frame
        connection.say(self._refusal(HEADER.unpack_from(frame)[2]))
        return None

    def answer(self, _connection, frame):
        return self._refusal(NUMBER.unpack_from(frame)[0])


class Connection:
    """Of one client."""

    def __init__(self, proxy, client, broker):
        self.proxy, self.client, self.broker = proxy, client, broker
        self.asked = {}  # the faults that were met by requests that are under way, by their numbers
        self.saying = threading.Lock()

    def start(self):
        for way in (self.requests, self.answers):
            threading.Thread(target=way, daemon=True).start()

    def say(self, frame):
        with self.saying:
            self.client.sendall(SIZE.pack(len(frame)) + frame)

    def cut(self):
        for end in (self.client, self.broker):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def requests(self):
        with contextlib.suppress(OSError, struct.error):
            for frame in frames_of(self.client):
                api_key, _, number = HEADER.unpack_from(frame)
                fault = self.proxy.fault_at(api_key)
                if fault is not None:
                    self.asked[number] = fault
                    frame = fault.request(self, frame)
                if frame is not None:
                    self.broker.sendall(SIZE.pack(len(frame)) + frame)
        self.cut()

    def answers(self):
        with contextlib.suppress(OSError, struct.error):
            for frame in frames_of(self.broker):
                fault = self.asked.pop(NUMBER.unpack_from(frame)[0], None)
                if fault is not None:
                    frame = fault.answer(self, frame)
                if frame is not None:
                    self.say(frame)
        self.cut()


class Proxy:
    """Between `port` and the broker's listener at `behind`, until the process ends."""

    def __init__(self, host, port, behind):
        self.host, self.port, self.behind = host, port, behind
        self.fault = None
        self.listener = socket.create_server((host, port))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self):
        return f"{self.host}:{self.port}"

    def _accept(self):
        with contextlib.suppress(OSError):  # it was closed
            while True:
                client, _ = self.listener.accept()
                try:
                    broker = socket.create_connection((self.host, self.behind), CONNECT_S)
                    broker.settimeout(None)
                except OSError:  # the broker is away
                    client.close()
                    continue
                for end in (client, broker):
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                Connection(self, client, broker).start()

    def fault_at(self, api_key):
        fault = self.fault
        return fault if fault is not None and fault.meets(api_key) else None

    @contextlib.contextmanager
    def does(self, fault):
        """While it lasts; one at a time."""
        self.fault = fault
        try:
            yield fault
        finally:
            self.fault = None
            fault.end()

    def close(self):
        self.listener.close()


def frames_of(source):
    """Requests, or answers, one after another until the connection ends."""
    with source.makefile("rb") as stream:
        while size := stream.read(SIZE.size):
            frame = stream.read(SIZE.unpack(size)[0])
            yield frame
