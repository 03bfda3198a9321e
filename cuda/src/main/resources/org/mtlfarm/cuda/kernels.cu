// The kernels of the cuda engine, the products excepted, which a BLAS does.
//
// Compiled as they are by NVRTC for a card and by a C++ compiler for the emulation. In front stands a generated
// `struct Gang` (org.mtlfarm.cuda.MemoryPlan): what lies where in a member's memory, in floats from its start.
//
// A grid has a row of blocks for each member (blockIdx.y, its lane in this round) and a thread for each of so many items.
// No thread reads what another one of the same launch writes, so there are no barriers, no atomics and no order that chance
// decides. Every kernel takes the gang and three numbers.
//
// Quantities are named as in the engine `fused`: z = x W + h' RW + b, gates in DL4J's order a f o i; readers R (what logits
// read from a layer), sums P (what a layer's output times the logits' gradients adds up to), s the logits' gradients summed.

#define LANE ((int)blockIdx.y)
#define ITEM ((int)(blockIdx.x * blockDim.x + threadIdx.x))

// Step data: a header, then labels and the words of both directions (org.mtlfarm.cuda.StepData).
#define TASK 0
#define STEP_SIZE 1
#define BIAS_STEP_SIZE 2
#define ROOT_CORRECTION 3

__device__ inline float *memoryOf(const Gang &g) { return (float *)g.members[LANE]; }

__device__ inline int stepOf(const Gang &g) { return g.positions[LANE] + *g.counter; }

__device__ inline const int *dataOf(const Gang &g) {
  return (const int *)memoryOf(g) + g.stepData + stepOf(g) * g.stepInts;
}

// As org.mtlfarm.worker.network.fused.Activations; comparisons let a NaN through, fminf and fmaxf would not.
__device__ inline float tanhOf(float x) {
  float y = x < -7.9f ? -7.9f : x > 7.9f ? 7.9f : x;
  float s = y * y;
  float p = (((1.542797459367822e-08f * s + 2.202324823484859e-05f) * s + 0.003578992292634529f) * s +
             0.13450620824675869f) * s + 0.9999999943564191f;
  float q = (((8.598781376454231e-07f * s + 0.00034236509339012f) * s + 0.026192239044300406f) * s +
             0.4678394882695111f) * s + 1.0f;
  return y * p / q;
}

__device__ inline float sigmoidOf(float x) { return 0.5f * tanhOf(0.5f * x) + 0.5f; }

// The task and label that a column of logits stands for; false for one that only fills the row up.
__device__ inline bool columnOf(const Gang &g, int column, int &task, int &label) {
  if (g.joint) {
    task = g.tables[g.columnTasks + column];
    label = g.tables[g.columnLabels + column];
    return task >= 0;
  }
  task = dataOf(g)[TASK];
  label = column;
  return label < g.tables[g.labelsOfTasks + task];
}

__device__ inline int firstColumnOf(const Gang &g, int task) {
  return g.joint ? g.tables[g.firstColumns + task] : 0;
}

__device__ inline int ownWeights(const Gang &g, int layer, int task) {
  return g.tables[g.ownBlocks + 2 * (layer * g.tasks + task)];
}

__device__ inline int ownBias(const Gang &g, int layer, int task) {
  return g.tables[g.ownBlocks + 2 * (layer * g.tasks + task) + 1];
}

// ---------------------------------------------------------------------------------------------- once a round

// Items: operands. The addresses of each product's operands, for each lane.
extern "C" __global__ void pointers(Gang g, int operands, int unused1, int unused2) {
  int operand = ITEM;
  if (operand < operands) {
    g.operands[(long long)operand * g.mostLanes + LANE] =
        g.members[LANE] + 4ull * (unsigned long long)g.tables[g.operandOffsets + operand];
  }
}

// Items: 1. Begins a round.
extern "C" __global__ void begin(Gang g, int unused0, int unused1, int unused2) {
  if (ITEM == 0 && LANE == 0) {
    *g.counter = 0;
  }
}

// Items: 1. Ends a step.
extern "C" __global__ void advance(Gang g, int unused0, int unused1, int unused2) {
  if (ITEM == 0 && LANE == 0) {
    *g.counter += 1;
  }
}

// ---------------------------------------------------------------------------------------------- remembering

// Items: 1. The round's loss is to be 0 where all parameters are finite.
extern "C" __global__ void beginRemembering(Gang g, int unused0, int unused1, int unused2) {
  if (ITEM == 0) {
    g.losses[*g.counter * g.mostLanes + LANE] = 0;
  }
}

// Items: parameters. Looks at them; all threads that find something write the same.
extern "C" __global__ void findNotFinite(Gang g, int parameters, int unused1, int unused2) {
  int item = ITEM;
  if (item < parameters) {
    float nothing = 0.0f * memoryOf(g)[item];
    if (!(nothing == 0.0f)) {
      g.losses[*g.counter * g.mostLanes + LANE] = 1;
    }
  }
}

// Items: parameters. Copies them if all are finite.
extern "C" __global__ void remember(Gang g, int parameters, int unused1, int unused2) {
  int item = ITEM;
  if (item < parameters && g.losses[*g.counter * g.mostLanes + LANE] == 0) {
    float *memory = memoryOf(g);
    memory[g.remembered + item] = memory[item];
  }
}

// ---------------------------------------------------------------------------------------------- BiLSTM, forward

// Items: words * dimension. The vectors of the distinct words; those beyond their number are row 0, zeros.
extern "C" __global__ void gatherWords(Gang g, int direction, int words, int unused) {
  int item = ITEM;
  if (item >= words * g.dimension) {
    return;
  }
  int row = dataOf(g)[g.rows[direction] + item / g.dimension];
  const float *vectors = (const float *)g.vectors[LANE];
  memoryOf(g)[g.wordVectors[direction] + item] = vectors[(long long)row * g.dimension + item % g.dimension];
}

// Items: batch * hidden. One step of a direction, from the words' projections and, but for the first, h' RW.
extern "C" __global__ void gates(Gang g, int direction, int level, int unused) {
  int item = ITEM;
  int hidden = g.hidden;
  if (item >= g.batch * hidden) {
    return;
  }
  int window = item / hidden;
  int unit = item % hidden;
  float *memory = memoryOf(g);
  int word = dataOf(g)[g.wordOfPlace[direction] + level * g.batch + window];
  const float *x = memory + g.projections[direction] + (long long)word * 4 * hidden + unit;
  const float *bias = memory + g.bias[direction] + unit;
  float z[4];
  for (int gate = 0; gate < 4; gate++) {
    z[gate] = x[gate * hidden] + bias[gate * hidden];
  }
  float before = 0;
  if (level > 0) {
    const float *recurrent = memory + g.recurrent[direction] + window * 4 * hidden + unit;
    for (int gate = 0; gate < 4; gate++) {
      z[gate] += recurrent[gate * hidden];
    }
    before = memory[g.cells[direction] + ((level - 1) * g.batch + window) * hidden + unit];
  }
  float a = tanhOf(z[0]);
  float f = sigmoidOf(z[1]);
  float o = sigmoidOf(z[2]);
  float i = sigmoidOf(z[3]);
  float c = f * before + i * a;
  float h = o * tanhOf(c);
  int place = level * g.batch + window;
  float *kept = memory + g.gates[direction] + place * 4 * hidden + unit;
  kept[0] = a;
  kept[hidden] = f;
  kept[2 * hidden] = o;
  kept[3 * hidden] = i;
  memory[g.cells[direction] + place * hidden + unit] = c;
  if (level == g.levels[direction] - 1) {
    memory[g.readout + window * 2 * hidden + direction * hidden + unit] = h;
  } else {
    memory[g.states[direction] + place * hidden + unit] = h;
  }
}

// ---------------------------------------------------------------------------------------------- dense layers and loss

// Items: columns * inputs of the layer. What the logits read from the input of a task's own layer.
extern "C" __global__ void ownReaders(Gang g, int layer, int unused1, int unused2) {
  int inputs = g.ownWidths[layer];
  int item = ITEM;
  if (item >= g.columns * inputs) {
    return;
  }
  int column = item / inputs;
  int input = item % inputs;
  float *memory = memoryOf(g);
  int task;
  int label;
  float sum = 0;
  if (columnOf(g, column, task, label)) {
    const float *weights = memory + ownWeights(g, layer, task) + input;
    if (layer == g.ownLayers - 1) {
      sum = weights[label * inputs];
    } else {
      int outputs = g.ownWidths[layer + 1];
      const float *readers = memory + g.ownReaders[layer + 1] + column * outputs;
      for (int output = 0; output < outputs; output++) {
        sum += weights[output * inputs] * readers[output];
      }
    }
  }
  memory[g.ownReaders[layer] + item] = sum;
}

// Items: parts * columns. The logits' bias, the sum of b R over all layers, in parts of a few terms.
extern "C" __global__ void biasParts(Gang g, int unused0, int unused1, int unused2) {
  int item = ITEM;
  if (item >= g.parts * g.columns) {
    return;
  }
  int column = item % g.columns;
  const int *part = g.tables + g.partTable + 3 * (item / g.columns);
  int layer = part[0];
  float *memory = memoryOf(g);
  int task;
  int label;
  float sum = 0;
  if (columnOf(g, column, task, label)) {
    if (layer < g.sharedLayers) {
      const float *bias = memory + g.sharedBias[layer];
      const float *readers = memory + g.sharedReaders[layer + 1] + column * g.sharedWidths[layer + 1];
      for (int output = part[1]; output < part[2]; output++) {
        sum += bias[output] * readers[output];
      }
    } else {
      int own = layer - g.sharedLayers;
      const float *bias = memory + ownBias(g, own, task);
      if (own == g.ownLayers - 1) {
        sum = bias[label];
      } else {
        const float *readers = memory + g.ownReaders[own + 1] + column * g.ownWidths[own + 1];
        for (int output = part[1]; output < part[2]; output++) {
          sum += bias[output] * readers[output];
        }
      }
    }
  }
  memory[g.biasOfLogits + item] = sum;
}

// Adds the bias to some logits of a window.
__device__ inline void addBias(const Gang &g, float *memory, float *logits, int first, int labels) {
  for (int label = 0; label < labels; label++) {
    float bias = 0;
    for (int part = 0; part < g.parts; part++) {
      bias += memory[g.biasOfLogits + part * g.columns + first + label];
    }
    logits[first + label] += bias;
  }
}

// Items: tasks of the step * batch. Loss and gradient (softmax(y) - one-hot(label)) / batch, in place of the logits.
extern "C" __global__ void softmax(Gang g, int tasks, int unused1, int unused2) {
  int item = ITEM;
  if (item >= tasks * g.batch) {
    return;
  }
  int slot = item / g.batch;
  int window = item % g.batch;
  float *memory = memoryOf(g);
  const int *data = dataOf(g);
  int task = g.joint ? slot : data[TASK];
  int first = firstColumnOf(g, task);
  int labels = g.tables[g.labelsOfTasks + task];
  float *logits = memory + g.logits + window * g.columns;
  addBias(g, memory, logits, first, labels);
  float largest = logits[first];
  for (int label = 1; label < labels; label++) {
    float y = logits[first + label];
    largest = y > largest ? y : largest;
  }
  float total = 0;
  for (int label = 0; label < labels; label++) {
    total += expf(logits[first + label] - largest);
  }
  int expected = data[g.labels + item];
  memory[g.rowLosses + item] = logf(total) - (logits[first + expected] - largest);
  float inverse = 1.0f / g.batch;
  for (int label = 0; label < labels; label++) {
    float probability = expf(logits[first + label] - largest) / total;
    logits[first + label] = (probability - (label == expected ? 1.0f : 0.0f)) * inverse;
  }
  if (slot == 0) {
    for (int column = g.joint ? g.usedColumns : labels; column < g.columns; column++) {
      logits[column] = 0;
    }
  }
}

// Items: batch. The most probable label of the step's task, the lower index on a tie.
extern "C" __global__ void mostProbable(Gang g, int unused0, int unused1, int unused2) {
  int window = ITEM;
  if (window >= g.batch) {
    return;
  }
  float *memory = memoryOf(g);
  int labels = g.tables[g.labelsOfTasks + dataOf(g)[TASK]];
  float *logits = memory + g.logits + window * g.columns;
  addBias(g, memory, logits, 0, labels);
  int best = 0;
  for (int label = 1; label < labels; label++) {
    if (logits[label] > logits[best]) {
      best = label;
    }
  }
  ((int *)memory)[g.predicted + stepOf(g) * g.batch + window] = best;
}

// Items: columns + 1. The logits' gradients summed over the batch, and the loss: the sum over the tasks of their means.
extern "C" __global__ void sums(Gang g, int tasks, int unused1, int unused2) {
  int column = ITEM;
  float *memory = memoryOf(g);
  if (column < g.columns) {
    float sum = 0;
    for (int window = 0; window < g.batch; window++) {
      sum += memory[g.logits + window * g.columns + column];
    }
    memory[g.logitSums + column] = sum;
  } else if (column == g.columns) {
    double loss = 0;
    for (int row = 0; row < tasks * g.batch; row++) {
      loss += memory[g.rowLosses + row];
    }
    g.losses[*g.counter * g.mostLanes + LANE] = loss / g.batch;
  }
}

// Items: outputs of the shared layer. db = R s, and b s' where the product that gives P will be added.
extern "C" __global__ void sharedBiasGradients(Gang g, int layer, int unused1, int unused2) {
  int outputs = g.sharedWidths[layer + 1];
  int output = ITEM;
  if (output >= outputs) {
    return;
  }
  float *memory = memoryOf(g);
  float bias = memory[g.sharedBias[layer] + output];
  float sum = 0;
  for (int column = 0; column < g.columns; column++) {
    float gradient = memory[g.logitSums + column];
    sum += memory[g.sharedReaders[layer + 1] + column * outputs + output] * gradient;
    memory[g.sharedSums[layer + 1] + column * outputs + output] = bias * gradient;
  }
  memory[g.gradients + g.sharedBias[layer] + output] = sum;
}

// Items: columns * outputs of the layer. P = W' P + b s', one of a task's own layers on.
extern "C" __global__ void ownSums(Gang g, int layer, int unused1, int unused2) {
  int inputs = g.ownWidths[layer];
  int outputs = g.ownWidths[layer + 1];
  int item = ITEM;
  if (item >= g.columns * outputs) {
    return;
  }
  int column = item / outputs;
  int output = item % outputs;
  float *memory = memoryOf(g);
  int task;
  int label;
  float sum = 0;
  if (columnOf(g, column, task, label)) {
    const float *weights = memory + ownWeights(g, layer, task) + output * inputs;
    const float *before = memory + g.ownSums[layer] + column * inputs;
    for (int input = 0; input < inputs; input++) {
      sum += weights[input] * before[input];
    }
    sum += memory[ownBias(g, layer, task) + output] * memory[g.logitSums + column];
  }
  memory[g.ownSums[layer + 1] + item] = sum;
}

// Items: tasks of the step * ownItems. dW = P R' and db = R s of the own layers of the tasks in the step.
extern "C" __global__ void ownGradients(Gang g, int tasks, int unused1, int unused2) {
  int item = ITEM;
  if (item >= tasks * g.ownItems) {
    return;
  }
  int task = g.joint ? item / g.ownItems : dataOf(g)[TASK];
  item %= g.ownItems;
  int first = firstColumnOf(g, task);
  int labels = g.tables[g.labelsOfTasks + task];
  float *memory = memoryOf(g);
  float *gradients = memory + g.gradients;
  for (int layer = 0; layer < g.ownLayers; layer++) {
    bool last = layer == g.ownLayers - 1;
    int inputs = g.ownWidths[layer];
    int outputs = last ? g.mostLabels : g.ownWidths[layer + 1];
    if (item < (inputs + 1) * outputs) {
      // Column by column, as the weights lie; the bias behind them.
      bool weight = item < inputs * outputs;
      int output = weight ? item / inputs : item - inputs * outputs;
      int input = item % inputs;
      if (last && output >= labels) {
        return;
      }
      float sum = 0;
      for (int label = last ? output : 0; label < (last ? output + 1 : labels); label++) {
        int column = first + label;
        float reader = last ? 1.0f : memory[g.ownReaders[layer + 1] + column * outputs + output];
        sum += reader * (weight ? memory[g.ownSums[layer] + column * inputs + input] : memory[g.logitSums + column]);
      }
      gradients[weight ? ownWeights(g, layer, task) + output * inputs + input : ownBias(g, layer, task) + output] = sum;
      return;
    }
    item -= (inputs + 1) * outputs;
  }
}

// ---------------------------------------------------------------------------------------------- BiLSTM, back

// Items: batch * hidden. dz of one step in place of the gates, and dc' for the step before.
extern "C" __global__ void gatesBack(Gang g, int direction, int level, int unused) {
  int item = ITEM;
  int hidden = g.hidden;
  if (item >= g.batch * hidden) {
    return;
  }
  int window = item / hidden;
  int unit = item % hidden;
  float *memory = memoryOf(g);
  int place = level * g.batch + window;
  bool last = level == g.levels[direction] - 1;
  float dh = last ? memory[g.readoutGradients + window * 2 * hidden + direction * hidden + unit]
                  : memory[g.stateGradients[direction] + item];
  float later = last ? 0.0f : memory[g.cellGradients[direction] + item];
  float *kept = memory + g.gates[direction] + place * 4 * hidden + unit;
  float a = kept[0];
  float f = kept[hidden];
  float o = kept[2 * hidden];
  float i = kept[3 * hidden];
  float cellTanh = tanhOf(memory[g.cells[direction] + place * hidden + unit]);
  float before = level > 0 ? memory[g.cells[direction] + (place - g.batch) * hidden + unit] : 0.0f;
  float dc = later + dh * o * (1 - cellTanh * cellTanh);
  kept[0] = dc * i * (1 - a * a);
  kept[hidden] = dc * before * f * (1 - f);
  kept[2 * hidden] = dh * cellTanh * o * (1 - o);
  kept[3 * hidden] = dc * a * i * (1 - i);
  memory[g.cellGradients[direction] + item] = dc * f;
}

// Items: words * 4 * hidden. The dz of all places with the same word, summed, in place of its projection.
extern "C" __global__ void sumByWord(Gang g, int direction, int words, int unused) {
  int item = ITEM;
  int width = 4 * g.hidden;
  if (item >= words * width) {
    return;
  }
  int word = item / width;
  int column = item % width;
  float *memory = memoryOf(g);
  const int *data = dataOf(g);
  const int *firsts = data + g.firsts[direction];
  const float *gradients = memory + g.gates[direction] + column;
  float sum = 0;
  for (int index = firsts[word]; index < firsts[word + 1]; index++) {
    sum += gradients[(long long)data[g.places[direction] + index] * width];
  }
  memory[g.projections[direction] + item] = sum;
}

// Items: 4 * hidden. db: every place has one word, so the sum over the words is the sum over the places.
extern "C" __global__ void biasGradients(Gang g, int direction, int words, int unused) {
  int width = 4 * g.hidden;
  int column = ITEM;
  if (column >= width) {
    return;
  }
  float *memory = memoryOf(g);
  const float *gradients = memory + g.projections[direction] + column;
  float sum = 0;
  for (int word = 0; word < words; word++) {
    sum += gradients[(long long)word * width];
  }
  memory[g.gradients + g.bias[direction] + column] = sum;
}

// ---------------------------------------------------------------------------------------------- Adam

// Blocks: pieces, of at most 4 * blockDim.x parameters with one step size. Those of idle heads drift by their moments.
extern "C" __global__ void adam(Gang g, int unused0, int unused1, int unused2) {
  const int *piece = g.tables + g.pieceTable + 4 * (int)blockIdx.x;
  int from = piece[0];
  int count = piece[1];
  int task = piece[3];
  float *memory = memoryOf(g);
  const int *data = dataOf(g);
  const float *rates = (const float *)data;
  float stepSize = rates[piece[2] ? BIAS_STEP_SIZE : STEP_SIZE];
  float root = rates[ROOT_CORRECTION];
  bool active = task < 0 || g.joint || task == data[TASK];
  for (int index = (int)threadIdx.x; index < count; index += (int)blockDim.x) {
    int at = from + index;
    float mean = 0.9f * memory[g.means + at];
    float square = 0.999f * memory[g.squares + at];
    if (active) {
      float gradient = memory[g.gradients + at];
      mean += 0.1f * gradient;
      square += 0.001f * gradient * gradient;
    } else if (mean < 1e-30f && mean > -1e-30f) {
      mean = 0;
    }
    memory[g.means + at] = mean;
    memory[g.squares + at] = square;
    memory[at] -= stepSize * mean / (sqrtf(square) * root + 1e-8f);
  }
}
