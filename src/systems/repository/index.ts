export { RepositoryError, type RepositoryErrorCode } from './repository-error.ts';
export { Query, Repository, type Comparison, type RepositoryOptions } from './repository.ts';
