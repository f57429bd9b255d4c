import { racesContract } from './races.contract.ts';
import { startService } from './service-world.ts';

racesContract(() => startService());
