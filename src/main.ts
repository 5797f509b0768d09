// What `npm start` runs.
import { runService } from './serve.js';

await runService();
