import type { Page } from "playwright-core";

/** A text, its contrast with its background, and where it is. */
export type Faint = { readonly text: string; readonly ratio: number; readonly where: string };

/** The texts with a contrast below 4.5 to 1 (WCAG 2.2, 1.4.3), whatever their size. */
export function faintTexts(page: Page): Promise<readonly Faint[]> {
  return page.evaluate(`(${inPage})()`);
}

// As text, because it runs in the page. Transparent colours are painted over the backgrounds of the ancestors.
const inPage = `function faint() {
  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  const parse = (color) => {
    brush.clearRect(0, 0, 1, 1);
    brush.fillStyle = color;
    brush.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = brush.getImageData(0, 0, 1, 1).data;
    return { color: [red, green, blue], alpha: alpha / 255 };
  };
  const over = ({ color, alpha }, ground) => color.map((part, at) => part * alpha + ground[at] * (1 - alpha));
  const light = (color) => {
    const [red, green, blue] = color.map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const lineage = (element) => (element === null ? [] : [...lineage(element.parentElement), element]);

  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.data.trim();
    const element = texts.currentNode.parentElement;
    const isSeen = element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    if (text === "" || !isSeen || element.closest("script, style") !== null) continue;
    const styles = lineage(element).map((one) => getComputedStyle(one));
    const ground = styles.reduce((below, { backgroundColor }) => over(parse(backgroundColor), below), [255, 255, 255]);
    const ink = parse(styles.at(-1).color);
    const opacity = styles.reduce((product, one) => product * Number(one.opacity), ink.alpha);
    const [bright, dark] = [light(over({ color: ink.color, alpha: opacity }, ground)), light(ground)].sort((a, b) => b - a);
    const ratio = (bright + 0.05) / (dark + 0.05);
    if (ratio < 4.5) found.push({ text: text.slice(0, 40), ratio, where: element.tagName + "." + element.className });
  }
  return found;
}`;
