/**
 * The region and the keys that the stand-ins for AWS know. They open nothing but stand-ins: versitygw checks signatures
 * against them, DynamoDB Local and moto take any.
 */
export const LOCAL_REGION = 'us-east-1';

/** Static keys in the form that the SDK takes as `credentials`. */
export const LOCAL_CREDENTIALS = {
  accessKeyId: 'LOCALDOCUMENTS',
  secretAccessKey: 'local-secret-access-key',
} as const;
