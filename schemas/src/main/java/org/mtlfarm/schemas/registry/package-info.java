/** A client of schema registries. Knows nothing of the farm's messages. */
package org.mtlfarm.schemas.registry;
