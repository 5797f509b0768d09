// Loaded into the profiled Latchkey before anything else: records its main thread between two messages of its parent, so that
// neither the start nor the warm-up is in the profile.
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.setSamplingInterval', { interval: 250 });

process.on('message', async (message) => {
  if (message === 'begin') return session.post('Profiler.start');
  const { profile } = await session.post('Profiler.stop');
  writeFileSync(message.file, JSON.stringify(profile));
  process.send?.({ written: message.file });
});
// The channel alone must not keep the service from stopping.
process.channel?.unref();
