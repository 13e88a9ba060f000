"""Integer polynomials of the elementary functions, the constant first.

Each interpolates its function at Chebyshev nodes; tests/worker/exact/wide/fits.py holds function, interval and degree,
makes them again, and the tests compare. They are written out here so that no library's rounding decides a program.
Variables have 30 fractional bits; so have the coefficients, unless the comment says otherwise.
"""

# 2^f, |f| <= 1/2; relative error 2^-28.6
EXP2 = (1073741824, 744261146, 257941250, 59596185, 10327310, 1438860, 166016)
# (exp(x) - 1) / x, |x| <= 1/2; relative error 2^-28.0
EXPM1 = (1073741824, 536870958, 178956976, 44737780, 8947686, 1502999, 214342)
# ln(1 + u) / u, sqrt(1/2) <= 1 + u <= sqrt(2); relative error 2^-29.8
LOG = (
    1073741825,
    -536870906,
    357913612,
    -268436126,
    214775591,
    -178955778,
    152603315,
    -133367554,
    128267892,
    -124775757,
    70569817,
)
# log2(1 + u) / u, the same u; relative error 2^-30.0
LOG2 = (
    1549082006,
    -774540993,
    516360193,
    -387271467,
    309855680,
    -258178613,
    220160046,
    -192408709,
    185051451,
    -180013364,
    101810723,
)
# tanh(x) / x of z = x^2 <= 0.36; relative error 2^-32.1
TANH = (1073741824, -357913916, 143164452, -57928947, 23327101, -8853565, 2375261)
# erf(x) / x of z = x^2 <= 1; relative error 2^-30.7
ERF = (1211587905, -403862635, 121158787, -28847291, 5608995, -917259, 128382, -14935, 1137)
# (1 + 2x) exp(x^2) erfc(x) of s = (x - 2) / (x + 2), x >= 1; 29 bits; relative error 2^-28.5
ERFCX = (
    685572548,
    -49802201,
    -89136926,
    88074425,
    -29108014,
    -4316139,
    4672814,
    723204,
    -787063,
    -400190,
    376222,
    -74729,
)
# erf_inv(x) / x of v = (w - 2.5) / 4, w = -ln(1 - x^2) <= 5; 29 bits; relative error 2^-27.4
ERF_INV = (
    806063008,
    529655988,
    -35882906,
    -43044111,
    29997113,
    -2726619,
    -7528168,
    4093855,
    562398,
    -1229906,
    263006,
)
# the same of v = sqrt(w) - 3, 5 <= w <= 20; 28 bits; relative error 2^-24.1
ERF_INV_TAIL = (
    760471420,
    268885172,
    2535416,
    -2052045,
    1527292,
    -955118,
    393310,
    -36722,
    -68719,
    45079,
    -12251,
    1282,
)
# 1 / v of u = v - 1.5, 1 <= v <= 2; one Newton step follows; relative error 2^-16.8
RECIPROCAL = (715827883, -477306310, 318204207, -209329043, 139552696, -115491886, 76994591)
# 1 / sqrt(v) of u = v - 1.5, 1 <= v <= 2; one Newton step follows; relative error 2^-16.2
RSQRT = (876716390, -292241630, 145411539, -80738259, 54652368, -32939377)
# v^(-1/3) of u = v - 1.5; one Newton step follows; relative error 2^-17.1
RCBRT = (938005034, -208447536, 92272908, -47813245, 30507122, -17729280)
# sin(r pi/2) / r of z = r^2 <= 1/4; relative error 2^-34.6
SIN = (1686629713, -693598668, 85569306, -5026994, 172260, -3819)
# cos(r pi/2) of z = r^2 <= 1/4; relative error 2^-34.6
COS = (1073741824, -1324675879, 272375559, -22401978, 986942, -26683)
# arctan(r) / r of z = r^2 <= 1; relative error 2^-30.6
ATAN = (
    1073741824,
    -357913919,
    214747303,
    -153371277,
    119098615,
    -96359435,
    77613042,
    -57935537,
    36320619,
    -16995528,
    5081465,
    -712315,
)
