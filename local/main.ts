/** The local system's command line: `npm start`, `npm run status`, `npm stop`, `npm run image`. Wires; decides nothing. */
import { readCommand, type Command } from './command-line.ts';
import { readFolders } from './folders.ts';
import { start } from './start.ts';
import { showStatus } from './status.ts';
import { stopSignal } from './stop-signal.ts';
import { buildAndShowImages, stopSystem } from './system.ts';

const folders = readFolders(process.env);
const print = console.log;

async function run(command: Command): Promise<void> {
  switch (command.verb) {
    case 'start':
      return start(command, folders, print, stopSignal());
    case 'status':
      return showStatus(command.name, folders, print);
    case 'stop':
      return stopSystem({ ...command, folders, print });
    case 'image':
      return buildAndShowImages(folders, print, stopSignal());
    default:
      return command.verb satisfies never;
  }
}

try {
  await run(readCommand(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
// A bring-up that Ctrl-C interrupted may still wait for something; all of it has been taken down.
process.exit();
