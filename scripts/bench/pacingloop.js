// Paces calls that are answered at once: argv is `{ "module", "quiet" }`; `pace` is asked with a rate.
import { answer } from './answer.js';

const LENGTH_MS = 2000;
/** What is compiled on the way is not measured. */
const WARM_MS = 300;

const { module, quiet } = JSON.parse(process.argv[2]);
const { pace } = await import(module);
const clock = () => Number(process.hrtime.bigint()) / 1e6;

async function paced(ratePerS, durationMs) {
  const due = new Float64Array((ratePerS * durationMs) / 1000);
  let at = clock() + 20;
  for (let k = 0; k < due.length; k++) due[k] = at += (-Math.log(1 - Math.random()) * 1000) / ratePerS;
  const late = new Float64Array(due.length);
  let unanswered = 0;
  const answered = () => void unanswered--;
  const fire = (k) => {
    late[k] = clock() - due[k];
    unanswered++;
    Promise.resolve().then(answered);
  };
  const [from, before] = [clock(), process.cpuUsage()];
  await pace(due, clock, fire, { quiet: quiet ? () => unanswered === 0 : undefined });
  const { user, system } = process.cpuUsage(before);
  late.sort();
  return { p99: late[Math.floor(0.99 * late.length)], processor: (user + system) / 10 / (clock() - from) };
}

answer({
  async pace(ratePerS) {
    await paced(ratePerS, WARM_MS);
    return paced(ratePerS, LENGTH_MS);
  },
});
