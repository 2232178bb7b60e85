export interface Contender {
  name: string;
  settings?: string;
  run: { workers: number };
}
type Rate = (contender: Contender) => Promise<number>;
export function atTheirBest(
  candidates: [Contender, Record<string, Record<string, object>>][],
  rates: Record<string, Rate>,
  context: { say: (text: string) => void },
): Promise<{ contenders: Contender[]; tried: { column: string }[] }>;
export function at(contender: Contender | undefined, column: string): Contender;
