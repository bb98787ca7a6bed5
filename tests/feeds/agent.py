"""An SNMP agent on loopback that keeps a few integers, with pysnmp's own agent side; it runs in a thread."""

import asyncio
import threading

from pysnmp.carrier.asyncio.dgram import udp
from pysnmp.entity import config, engine
from pysnmp.entity.rfc3413 import cmdrsp, context
from pysnmp.proto.rfc1902 import Integer32
from pysnmp.proto.rfc1905 import noSuchInstance
from pysnmp.smi.instrum import AbstractMibInstrumController

ENTERPRISES = (1, 3, 6, 1, 4, 1)


class Objects(AbstractMibInstrumController):
    def __init__(self, values):
        self.values = {tuple(int(part) for part in name.split(".")): value for name, value in values.items()}
        self.written = []

    def read_variables(self, *binds, **_):
        found = [(name, self.values.get(tuple(name))) for name, _ in binds]
        return [(name, noSuchInstance if value is None else Integer32(value)) for name, value in found]

    def write_variables(self, *binds, **_):
        for name, value in binds:
            self.values[tuple(name)] = int(value)
            self.written.append(int(value))
        return binds


class Agent:
    """A controller that can be silenced."""

    def __init__(self, port, values, community="words"):
        self.objects = Objects(values)
        self._port, self._community = port, community
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self):
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def set(self, name, value):
        self.objects.values[tuple(int(part) for part in name.split("."))] = value

    def get(self, name):
        return self.objects.values[tuple(int(part) for part in name.split("."))]

    async def _serve(self):
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        snmp = engine.SnmpEngine()
        config.add_transport(
            snmp, udp.DOMAIN_NAME, udp.UdpAsyncioTransport().open_server_mode(("127.0.0.1", self._port))
        )
        config.add_v1_system(snmp, "us", self._community)
        for model in (1, 2):
            config.add_vacm_user(snmp, model, "us", "noAuthNoPriv", ENTERPRISES, ENTERPRISES)
        served = context.SnmpContext(snmp)
        served.unregister_context_name(b"")
        served.register_context_name(b"", self.objects)
        cmdrsp.GetCommandResponder(snmp, served)
        cmdrsp.SetCommandResponder(snmp, served)
        await asyncio.sleep(0.1)
        self._ready.set()
        await self._stop.wait()
        snmp.close_dispatcher()
        await asyncio.sleep(0)  # the socket is closed in the next turn
