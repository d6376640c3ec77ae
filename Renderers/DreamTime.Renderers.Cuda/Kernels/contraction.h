// All of space in a ball of radius 2 (Barron et al. 2022, eq. 10), as SceneContraction has it. Lengths are in radii of the ball that stays as it is.
#pragma once
#include "kernel.h"

#define FARTHEST 1000
#define BEND (1 - 1.0f / FARTHEST)

// What a contracted point is multiplied by to come from this length.
INLINE float contraction_of(float length) { return length <= 1 ? 1 : (2 - 1 / length) / length; }

// From a share, 0..1, of the way to the farthest sample.
INLINE float beyond_of(float share) { return share / (1 - BEND * share); }

// By how much the interval of a sample is longer than one within the ball.
INLINE float stretch_of(float beyond) { return (1 + BEND * beyond) * (1 + BEND * beyond); }
