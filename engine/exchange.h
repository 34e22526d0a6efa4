/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/network.h"
#include "engine/safetensors.h"

G_BEGIN_DECLS

/*
 * A network's weights in files of other programs.
 *
 * Three layouts, each with its names, shapes, order of gates and signs:
 *
 *   anamnesis  "lstm_1.kernel" [inputs, 4 units]: the one canonical vector, tensor by tensor
 *   pytorch    "lstm_1.weight_ih_l0" [4 units, inputs]: a state_dict whose modules are called as our
 *              layers, so that it fits torch.nn modules of the same attributes:
 *                class Net (nn.Module): self.lstm_1 = nn.LSTM (…); self.dense_1 = nn.Linear (…)
 *                net.load_state_dict (safetensors.torch.load_file (path))
 *   keras      "lstm_1/lstm_cell/kernel" [inputs, 4 units]: the paths of Keras 3's weights, where
 *              layers are called as ours. Keras writes no safetensors itself:
 *                safetensors.numpy.save_file ({w.path: w.numpy () for w in model.weights}, path)
 *              and takes them back with
 *                for w in model.weights: w.assign (tensors[w.path.removeprefix (model.name + "/")])
 *
 * LSTM: gates i f g o everywhere (Keras says c for g). PyTorch adds two biases; ours is their sum,
 * and what is written is ours and zeros.
 * GRU: ours z r h with h_t = (1 - z_t) h_{t-1} + z_t h~_t; Keras has z r h and PyTorch r z n, both with
 * h_t = z_t h_{t-1} + (1 - z_t) h~_t, so that their weights of z are ours negated. Keras keeps our two
 * biases as the rows of one.
 * Bidirectional layers: PyTorch puts "_reverse" behind the second half's names; Keras wraps a layer, so that
 * the halves are "lstm_1/forward_lstm/lstm_cell/kernel" and "lstm_1/backward_lstm/…" of
 * Bidirectional (LSTM (4, name="lstm"), name="lstm_1").
 * Embedding: [tokens, units] everywhere. Convolution: ours [taps x inputs, filters], Keras' [taps, inputs, filters], PyTorch's [filters, inputs, taps].
 *
 * What is converted is exact, to the bit and back; but for the sum of PyTorch's two biases, which is
 * rounded once. What can't be is refused, with the reason: PyTorch has no GRU that resets before the
 * product and no sigmoid RNN, and neither has GRU-D or cells that normalise; attention isn't converted. How
 * a layer's output is bent, merged or padded is the module's affair and not the weights', and so is the
 * epsilon of a layer norm, where PyTorch begins with 1e-5 and Keras with our 0.001.
 *
 * Reading finds a layer's tensors by these names first. Else modules of one kind are taken in the order
 * of the numbers in their names (lstm, lstm_1; rnn.weight_ih_l0, rnn.weight_ih_l1; 0.weight, 2.weight) or,
 * where names differ in more than numbers, by their shapes if these leave no doubt.
 */

typedef enum
{
  ANM_LAYOUT_ANAMNESIS,
  ANM_LAYOUT_PYTORCH,
  ANM_LAYOUT_KERAS,
  ANM_N_LAYOUTS,
} AnmLayout;

const char *anm_layout_to_string       (AnmLayout self);   /* "pytorch" */
gboolean    anm_layout_from_string     (const char *text,
                                        AnmLayout *self);

/* Adds the network's tensors to @file, and as texts what is needed to read them: "layout", "network",
 * "inputs", and by layer the order of the gates and the equation in which z stands.
 * @parameters: [n_parameters], canonical. Errors: ANM_ENGINE_ERROR_FILE, naming the layer and the reason. */
gboolean    anm_exchange_write         (const AnmNetwork *network,
                                        const anm_real *parameters,
                                        AnmLayout layout,
                                        AnmSafetensors *file,
                                        GError **error);
/* The network that the file says it holds; an error if it says nothing of it. */
AnmNetwork *anm_exchange_read_network  (const AnmSafetensors *file,
                                        GError **error);
/* FALSE if the file doesn't say. */
gboolean    anm_exchange_find_layout   (const AnmSafetensors *file,
                                        AnmLayout *layout);
/* @parameters: [n_parameters], overwritten; undefined after an error. Every parameter must be in the file
 * and every tensor of the file be one: errors (ANM_ENGINE_ERROR_FILE) name the tensor that is missing, has
 * another shape, isn't finite or is left over. */
gboolean    anm_exchange_read          (const AnmNetwork *network,
                                        const AnmSafetensors *file,
                                        AnmLayout layout,
                                        anm_real *parameters,
                                        GError **error);

G_END_DECLS
