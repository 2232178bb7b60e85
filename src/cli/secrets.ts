import { redact } from '../core/secrets.js';

/** An argument or label as it may be kept in a file: no user part of URLs, no values of what is named like a secret. */
export function hideSecrets(text: string): string {
  return redact(text).replace(
    /\b(\w*(?:passw|passphrase|secret|token|api_?key)\w*["']?(?:=|:\s*|\s+))[^&\s]+/gi,
    '$1***',
  );
}
