/** A channel that carries notifications to their readers. */
export interface NotificationTransport {
  /** False while nothing can be published. */
  readonly connected: boolean;
  /**
   * Hands one message over. Resolves when the other side took responsibility for it; rejects when that is not known. Messages
   * are delivered in the order of the calls.
   */
  publish(topic: string, payload: string): Promise<void>;
  /** Called whenever `connected` becomes true. Returns the function that ends the subscription. */
  onConnected(listener: () => void): () => void;
}
