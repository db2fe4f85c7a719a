/** Runs once before the whole suite. */
export default function setup(): void {
  process.env['TZ'] = 'UTC';
}
