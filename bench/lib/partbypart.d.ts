export function partByPart<T>(
  names: readonly string[],
  acts: {
    measure: (name: string) => Promise<T> | T;
    keep?: (name: string, found: T) => void;
    tell?: (found: T) => void;
    say: (text: string) => void;
  },
): Promise<string[]>;
