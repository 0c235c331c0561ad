import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { signedHeaders, webhookSecret } from './signature.ts';

test('a message is signed as the vector of Standard Webhooks has it', () => {
  const headers = signedHeaders(
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    new Date(1_614_265_330_999),
    '{"test": 2432232314}',
  );
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('every webhook of every tenant has a secret of its own, which stays the same', () => {
  const [one, other] = [randomBytes(32), randomBytes(32)];
  const secrets = [webhookSecret(one, 'a'), webhookSecret(one, 'b'), webhookSecret(other, 'a')];
  expect(new Set(secrets).size).toBe(3);
  expect(webhookSecret(one, 'a')).toBe(secrets[0]);
  expect(secrets.every((secret) => /^whsec_[\w+/]{43}=$/.test(secret))).toBe(true);
});
