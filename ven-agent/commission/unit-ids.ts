/** `1,3-5` is [1, 3, 4, 5]. @throws RangeError for anything but unit ids from 0 to 255 */
export function unitIdsOf(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const [, first, last = first] = /^(\d{1,3})(?:-(\d{1,3}))?$/.exec(part.trim()) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (first === undefined || from > to || to > 255)
      throw new RangeError('expected unit ids from 0 to 255, such as 1,3-5');
    return Array.from({ length: to - from + 1 }, (_, n) => from + n);
  });
}
