import { Command, InvalidArgumentError } from 'commander';
import { resolve } from 'node:path';

export interface DemoOptions {
  port: number;
  mqttPort: number;
  dataDir: string;
  agent: boolean;
  simulator: boolean;
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535) {
    throw new InvalidArgumentError('Expected a port number from 0 to 65535; 0 picks a free one.');
  }
  return value;
}

/** Reads the demo's command line. Prints help or the fault and ends the process, as command lines do. */
export function parseOptions(argv: readonly string[]): DemoOptions {
  const command = new Command('npm start --')
    .description(
      'Runs the whole product on this machine: a VTN with its MQTT broker, a simulated site (a battery and a PV plant that ' +
        'speak SunSpec over Modbus TCP) and a VEN agent enrolled for it. Everything listens on 127.0.0.1 only.',
    )
    .option('--port <n>', 'port of the VTN; 0 picks a free one', port, 8080)
    .option('--mqtt-port <n>', 'port of the embedded MQTT broker; 0 picks a free one', port, 1883)
    .option('--data <dir>', 'folder for the database, the logs and demo.json', '.demo')
    .option('--no-agent', 'do not start the agent (its configuration is written all the same)')
    .option('--no-simulator', 'do not start the simulated site (nor the agent, which would have nothing to drive)')
    .helpOption('-h, --help', 'show this help')
    .addHelpText(
      'after',
      '\nExamples:\n  npm start\n  npm start -- --port 0 --mqtt-port 0 --data demo2     a second one beside it\n' +
        '\nWhat it prints it also writes to <dir>/demo.json once everything is up. Ctrl-C stops everything.',
    )
    .allowExcessArguments(false);
  command.parse([...argv], { from: 'user' });
  const o = command.opts<{ port: number; mqttPort: number; data: string; agent: boolean; simulator: boolean }>();
  return {
    port: o.port,
    mqttPort: o.mqttPort,
    dataDir: resolve(o.data),
    agent: o.agent && o.simulator,
    simulator: o.simulator,
  };
}
