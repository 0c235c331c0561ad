import { mapping } from '../../src/contracts/keypro/mapping.ts';
import { mappingLaws } from './mapping-laws.ts';

mappingLaws(mapping);
