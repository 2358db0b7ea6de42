/**
 * What a purchase's outputs keep of an answer. Money is text exactly as answered; what the answer doesn't have
 * is absent.
 */
export interface Receipt {
  intentKind?: string;
  intentId?: string;
  purchaseIntentId?: string;
  orbSubscriptionId?: string;
  checkoutSessionId?: string;
  checkoutSessionUrl?: string;
  currency?: string;
  subtotal?: string;
  tax?: string;
  total?: string;
  refund?: string;
  ownerId?: string;
  providerType?: string;
  providerResourceId?: string;
  createdAt?: string;
  updatedAt?: string;
  creditsExpireAt?: string;
  requestId?: string;
  /** The whole answer as received, or `{ text }` where it was not a JSON object that can be kept. */
  answer?: Record<string, unknown>;
}
