import type { FastifyInstance } from 'fastify';
import { OperatorError } from '../errors.ts';

/** Listens, and gives the address; a server that can't is closed. Throws OperatorError when the port is in use or may not be used. */
export const listen = async (server: FastifyInstance, host: string, port: number): Promise<string> => {
  try {
    return await server.listen({ host, port });
  } catch (error) {
    await server.close();
    const code = (error as { code?: string }).code;
    if (code === 'EADDRINUSE') {
      throw new OperatorError(
        `Port ${port} on ${host} is in use. Stop the other program or set PORT to another one.`,
      );
    }
    if (code === 'EACCES')
      throw new OperatorError(`Port ${port} may not be used by this user. Set PORT to another one.`);
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new OperatorError(`This machine has no address ${host}. Correct HOST.`);
    }
    throw error;
  }
};
