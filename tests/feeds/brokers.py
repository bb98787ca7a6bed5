"""A real Mosquitto on a free port of loopback, and whoever listens to it."""

import errno
import json
import shutil
import signal
import socket
import subprocess
import threading
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from benchmarks.load.ports import bound
from tests.feeds.receivers import free_port
from tests.running import wait_for

MOSQUITTO = shutil.which("mosquitto") or next((path for path in ["/usr/sbin/mosquitto"] if Path(path).exists()), None)
NEEDS_MOSQUITTO = pytest.mark.skipif(MOSQUITTO is None, reason="needs the broker mosquitto")


class Broker:
    """Keeps its sessions in a folder, so that who has subscribed misses nothing while it is down; `with` ends it.

    Args:
        folder: of its file of settings, and of what it keeps.
        lines: more settings.
    """

    def __init__(self, folder, *lines):
        self.port = free_port()
        self._settings = folder / "mosquitto.conf"
        self._log = folder / "mosquitto.log"
        anyone = [] if any("password_file" in line for line in lines) else ["allow_anonymous true"]
        kept = ["persistence true", f"persistence_location {folder}/", "max_queued_messages 0", "user root"]
        self._settings.write_text("\n".join([f"listener {self.port} 127.0.0.1", *anyone, *kept, *lines, ""]))
        self._process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process is not None:
            self.stop(signal.SIGKILL)

    def start(self):
        bound(self._begin)
        return self

    def _begin(self):
        with self._log.open("wb") as log:
            self._process = subprocess.Popen([MOSQUITTO, "-c", self._settings], stdout=log, stderr=log)
        wait_for(self._listens, every=0.02)

    def stop(self, number=signal.SIGTERM):
        self._process.send_signal(signal.SIGCONT)
        self._process.send_signal(number)
        self._process.wait(20)
        self._process = None

    def send(self, number):
        self._process.send_signal(number)

    def _listens(self):
        if self._process.poll() is not None:
            said = self._log.read_text()
            if "Address already in use" in said:
                raise OSError(errno.EADDRINUSE, said)
            raise AssertionError(said)
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True


class Subscriber:
    """Hears all of a site in a session that lasts; leave it with `with`."""

    def __init__(self, port, topic="comptage/#", name="listener", user=None, ca=None):
        self.heard = []
        self._subscribed = threading.Event()
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=False)
        self._client.on_connect = lambda client, *_: client.subscribe(topic, qos=1)
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.on_message = lambda _, __, message: self.heard.append(message)
        if user:
            self._client.username_pw_set(*user)
        if ca:
            self._client.tls_set(ca_certs=ca)
        self._client.connect("127.0.0.1", port)

    def __enter__(self):
        self._client.loop_start()
        assert self._subscribed.wait(20)
        return self

    def __exit__(self, *_):
        self._client.disconnect()
        self._client.loop_stop()

    def texts(self, topic, *, again=True):
        """What came, or only what was said just then and not kept by the broker for whoever subscribes."""
        messages = [message for message in list(self.heard) if message.topic == topic]
        return [message.payload.decode() for message in messages if again or not message.retain]

    def bins(self, camera="a", *, again=True):
        return [json.loads(text) for text in self.texts(f"comptage/place/bins/{camera}", again=again)]
