/** A card by NVIDIA's driver, NVRTC and cuBLAS, found by path, through JavaCPP's {@code org.bytedeco:cuda}. */
package org.mtlfarm.cuda.driver;
