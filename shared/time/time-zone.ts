const NAME = /^[A-Za-z][\w+-]*(?:\/[\w+-]+)*$/;

/** Whether this is the name of an IANA time zone, `Europe/Madrid` for instance. Offsets such as `+01:00` are none. */
export function isTimeZone(name: string): boolean {
  if (!NAME.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
