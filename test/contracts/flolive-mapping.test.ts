import { mapping } from '../../src/contracts/flolive/mapping.ts';
import { mappingLaws } from './mapping-laws.ts';

mappingLaws(mapping);
