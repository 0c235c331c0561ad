import { mapping } from '../../src/contracts/servitly/mapping.ts';
import { mappingLaws } from './mapping-laws.ts';

mappingLaws(mapping);
