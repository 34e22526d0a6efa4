/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/trainer-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

/*
 * The message with which a run ends that met NaN or infinity: what was found,
 * where, the likely cause, what to do, and which weights are kept.
 */

static gboolean
has_relu (const AnmTrainer *self, guint layer)
{
  const AnmLayerSpec *spec = anm_network_get_spec (self->network)->layers[layer];
  guint n_arguments;
  const AnmArgument *arguments = anm_layer_class_get_arguments (spec->klass, &n_arguments);

  for (guint i = 0; i < n_arguments; i++)
    if (strcmp (arguments[i].name, "activation") == 0 && arguments[i].choices != NULL)
      return strcmp (arguments[i].choices[(guint) spec->values[i]], "relu") == 0;
  return FALSE;
}

static gboolean
is_recurrent (const AnmTrainer *self, guint layer)
{
  return anm_layer_class_is_recurrent (anm_layer_get_class (anm_network_get_layer (self->network, layer)));
}

/* The layer to blame: the one found, else a recurrent layer with ReLU, else none. */
static int
find_culprit (const AnmTrainer *self, int layer)
{
  if (layer >= 0)
    return layer;
  for (guint i = 0; i < self->n_layers; i++)
    if (is_recurrent (self, i) && has_relu (self, i))
      return (int) i;
  return -1;
}

static char *
describe_finding (const AnmTrainer *self, AnmNotFinite what, int layer)
{
  const char *name = layer >= 0 ? anm_network_get_layer_name (self->network, (guint) layer) : NULL;

  switch (what)
    {
    case ANM_NOT_FINITE_LOSS:
      return name != NULL ? g_strdup_printf (_("the outputs of layer %s are no longer finite numbers, nor is the loss"), name)
                          : g_strdup (_("the loss is no longer a finite number"));
    case ANM_NOT_FINITE_GRADIENT:
      return name != NULL ? g_strdup_printf (_("the gradient of layer %s is no longer finite"), name)
                          : g_strdup (_("the gradient is no longer finite"));
    case ANM_NOT_FINITE_PARAMETERS:
      return name != NULL ? g_strdup_printf (_("the update made weights of layer %s infinite"), name)
                          : g_strdup (_("the update made weights infinite"));
    case ANM_NOT_FINITE_EVALUATION:
    default:
      return name != NULL ? g_strdup_printf (_("on the validation part the outputs of layer %s are not finite numbers, nor is the loss"), name)
                          : g_strdup (_("on the validation part the loss is not a finite number"));
    }
}

static char *
describe_cause (const AnmTrainer *self, AnmNotFinite what, int culprit)
{
  double rate = self->hyperparameters.learning_rate;
  gboolean clips = self->hyperparameters.clip_norm > 0.0;

  if (culprit >= 0 && is_recurrent (self, (guint) culprit) && has_relu (self, (guint) culprit))
    return g_strdup_printf (_("Likely cause: with the activation relu the state of %s can grow at every step. Use tanh, lower the learning rate (now %g), or clip the gradient by norm, for example at 1."),
                            anm_network_get_layer_name (self->network, (guint) culprit), rate);
  if (self->position.update == 0 && what != ANM_NOT_FINITE_PARAMETERS)
    return g_strdup (_("Likely cause: some input or target is far too large, since no update has been made yet. Standardise the channels in the recipe."));
  if (what == ANM_NOT_FINITE_EVALUATION)
    return g_strdup_printf (_("Likely cause: some input or target of the validation part is far too large, or the learning rate %g is too high."), rate);
  if (clips)
    return g_strdup_printf (_("Likely cause: the learning rate %g is too high. Try %g."), rate, rate / 10.0);
  if (what == ANM_NOT_FINITE_GRADIENT && culprit >= 0 && is_recurrent (self, (guint) culprit))
    return g_strdup_printf (_("Likely cause: the gradient explodes on its way back through time. Clip it by norm, for example at 1, or lower the learning rate (now %g)."), rate);
  return g_strdup_printf (_("Likely cause: the learning rate %g is too high. Try %g, or clip the gradient by norm, for example at 1."), rate, rate / 10.0);
}

/* Called before the parameters go back, while the position still counts the update before. */
static char *
describe_kept (const AnmTrainer *self, AnmNotFinite what)
{
  guint64 kept_before = what == ANM_NOT_FINITE_PARAMETERS ? self->position.update + 1 : self->position.update;

  if (kept_before <= 1)
    return g_strdup (_("The initial weights are kept."));
  return g_strdup_printf (_("The weights from before update %" PRIu64 " are kept."), kept_before);
}

/**
 * _anm_not_finite_error:
 * @layer: where it was found, or -1
 *
 * Returns: (transfer full): %ANM_ENGINE_ERROR_NOT_FINITE
 */
GError *
_anm_not_finite_error (const AnmTrainer *self, AnmNotFinite what, int layer)
{
  guint64 update = what == ANM_NOT_FINITE_EVALUATION ? self->position.update : self->position.update + 1;
  g_autofree char *finding = describe_finding (self, what, layer);
  g_autofree char *cause = describe_cause (self, what, find_culprit (self, layer));
  g_autofree char *kept = describe_kept (self, what);

  return g_error_new (ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NOT_FINITE,
                      /* Translators: number of the update, number of the epoch, what was found,
                       * its likely cause with advice, which weights are kept. */
                      _("Update %" PRIu64 " (epoch %u): %s. %s %s"),
                      update, self->position.epoch, finding, cause, kept);
}
