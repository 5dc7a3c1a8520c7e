import { expect, test } from 'vitest';
import { parseRepository } from '../../src/model/registry/repository.ts';

test.each([
  ['registry.example.com/models/digits', 'https://registry.example.com', 'models/digits'],
  ['registry.example.com:5000/digits', 'https://registry.example.com:5000', 'digits'],
  ['localhost/digits', 'http://localhost', 'digits'],
  ['127.0.0.1:5000/digits', 'http://127.0.0.1:5000', 'digits'],
  ['[::1]:5000/digits', 'http://[::1]:5000', 'digits'],
  ['models/digits', 'https://registry-1.docker.io', 'models/digits'],
  ['digits', 'https://registry-1.docker.io', 'library/digits'],
  ['docker.io/models/digits', 'https://registry-1.docker.io', 'models/digits'],
])('%s answers at %s as %s', (text, origin, name) => {
  expect(parseRepository(text)).toMatchObject({ origin, name });
});

test.each([
  'https://registry.example.com/digits',
  'registry.example.com/digits:latest',
  'registry.example.com/Digits',
  'registry.example.com/',
  'user:secret@registry.example.com/digits',
  'registry.example.com/../digits',
  '',
])('%j is refused', (text) => {
  expect(() => parseRepository(text)).toThrow('is not the name of a repository');
});
