// Where this program lies, with what is beside its code: its version, migrations, examples.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The nearest folder above that has a package.json: compiled, a file lies elsewhere below it than in src. */
function folderOfPackage(below: string): string {
  const folder = dirname(below);
  return existsSync(join(folder, 'package.json')) ? folder : folderOfPackage(folder);
}

/** The absolute path of this package's folder, whether it runs from src or compiled. */
export const packageRoot = folderOfPackage(fileURLToPath(import.meta.url));
