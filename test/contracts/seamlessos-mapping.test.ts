import { mapping } from '../../src/contracts/seamlessos/mapping.ts';
import { mappingLaws } from './mapping-laws.ts';

mappingLaws(mapping);
