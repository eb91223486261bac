/** Maps layers to graphics on a page: new ones load before old ones leave, equal ones are not touched, broken ones change nothing. */
import type { GraphicElement } from "../graphics/graphic";
import type { Layer } from "./protocol";

interface Mounted {
  layer: Layer;
  data: string;
  element: GraphicElement;
}

export class Stage {
  private readonly mounted = new Map<string, Mounted>();

  constructor(
    private readonly root: HTMLElement,
    private readonly tags: Readonly<Record<string, string>>,
    private readonly clock: () => number | null,
  ) {}

  /** What is painted now: "award-reveal@3". */
  get painted(): string[] {
    return [...this.mounted.values()].map(({ layer }) => `${layer.graphic}@${layer.step}`);
  }

  /** Resolves to false when a layer lacked data and something stayed as it was. */
  async show(layers: readonly Layer[], still: boolean, cut: boolean): Promise<boolean> {
    const wanted = layers.filter(({ graphic }) => this.tags[graphic]);
    const loaded: Mounted[] = [];
    const failed = new Set<string>();
    for (const layer of wanted) {
      if (this.mounted.has(layer.instance)) continue;
      const mounted = await this.load(layer);
      if (mounted) loaded.push(mounted);
      else failed.add(layer.graphic);
    }
    const kept = new Set(wanted.map(({ instance }) => instance));
    const leaving = [...this.mounted.values()].filter(({ layer }) => !kept.has(layer.instance) && !failed.has(layer.graphic));
    await Promise.all(leaving.map((one) => this.drop(one, still || cut)));
    const answers = await Promise.all([
      ...wanted.map((layer) => this.update(layer, still)),
      ...loaded.map((one) => this.enter(one, still)),
    ]);
    return failed.size === 0 && answers.every(Boolean);
  }

  private async load(layer: Layer): Promise<Mounted | null> {
    const element = document.createElement(this.tags[layer.graphic] ?? "") as GraphicElement;
    element.clock = this.clock;
    element.hidden = true;
    this.root.append(element);
    const answer = await element.load({ data: layer.data, renderType: "realtime" });
    if (answer.statusCode === 200) return { layer, data: JSON.stringify(layer.data), element };
    element.remove();
    return null;
  }

  private async enter(one: Mounted, still: boolean): Promise<boolean> {
    const answer = await one.element.playAction({ goto: Number(one.layer.step), skipAnimation: still });
    if (answer.statusCode !== 200) {
      one.element.remove();
      return false;
    }
    this.mounted.set(one.layer.instance, one);
    return true;
  }

  private async update(layer: Layer, still: boolean): Promise<boolean> {
    const known = this.mounted.get(layer.instance);
    if (!known) return true;
    const data = JSON.stringify(layer.data);
    let ok = true;
    if (data !== known.data) {
      const { statusCode } = await known.element.updateAction({ data: layer.data, skipAnimation: still });
      ok = statusCode === 200;
      if (ok) known.data = data;
    }
    if (ok && layer.step !== known.layer.step) {
      const { statusCode } = await known.element.playAction({ goto: Number(layer.step), skipAnimation: still });
      ok = statusCode === 200;
      if (ok) known.layer = layer;
    }
    return ok;
  }

  private async drop({ layer, element }: Mounted, cut: boolean): Promise<void> {
    this.mounted.delete(layer.instance);
    await element.stopAction({ skipAnimation: cut });
    await element.dispose();
    element.remove();
  }
}
