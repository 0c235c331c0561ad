import { mapping } from '../../src/contracts/revio/mapping.ts';
import { mappingLaws } from './mapping-laws.ts';

mappingLaws(mapping);
