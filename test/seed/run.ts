import { seed } from './seed.ts';

const [url = `http://localhost:${process.env.PORT || 3000}`] = process.argv.slice(2);
try {
  await seed(url, console.log);
  console.log(`Open ${url}/patients/P-1001 as Dana Doctor.`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
