"""An independent Modbus slave: pymodbus. Arguments: the framing (tcp or rtu) and unit ids. Register n of each unit holds n.

Prints its port when it listens on 127.0.0.1, and ends with its standard input.
"""

import asyncio
import sys
import types

# pymodbus asks for the packages of serial ports even where none is used.
for name in ("serial", "serial_asyncio"):
    try:
        __import__(name)
    except ImportError:
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].create_serial_connection = None

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server.async_io import ModbusTcpServer
from pymodbus.transaction import ModbusRtuFramer, ModbusSocketFramer


async def main(framing, unit_ids):
    slaves = {
        unit_id: ModbusSlaveContext(
            hr=ModbusSequentialDataBlock(0, list(range(1000))),
            ir=ModbusSequentialDataBlock(0, list(range(1000))),
            zero_mode=True,
        )
        for unit_id in unit_ids
    }
    framer = ModbusRtuFramer if framing == "rtu" else ModbusSocketFramer
    context = ModbusServerContext(slaves=slaves, single=False)
    server = ModbusTcpServer(context, framer=framer, address=("127.0.0.1", 0))
    serving = asyncio.ensure_future(server.serve_forever())
    while server.server is None or not server.server.sockets:
        await asyncio.sleep(0.01)
    print(server.server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    serving.cancel()


asyncio.run(main(sys.argv[1], [int(text) for text in sys.argv[2:]]))
