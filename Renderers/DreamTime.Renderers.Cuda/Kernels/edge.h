// Two neighbouring entries of the hash grid, the ends of a cell's edge along x: 16 bytes at a multiple of 8. Where they lie at a multiple of 16, one access does for both.
#pragma once

struct Edge
{
    float low0, low1, high0, high1;
};

#ifdef __CUDA__
// A predicate and no branch, so that the loads of several edges are under way together.
INLINE void load_if(int condition, const pair* from, pair& to)
{
    asm("{\n\t"
        ".reg .pred wanted;\n\t"
        "setp.ne.s32 wanted, %2, 0;\n\t"
        "@wanted ld.global.nc.v2.f32 {%0, %1}, [%3];\n\t"
        "}" : "+f"(to.x), "+f"(to.y) : "r"(condition), "l"(from));
}
#else
INLINE void load_if(int condition, const pair* from, pair& to)
{
    if (condition)
        to = *from;
}
#endif

INLINE Edge load_edge(const float* table, int entry)
{
    const quad* both = (const quad*)table + (entry >> 1);
    const pair* next = (const pair*)table + entry + 1;
    quad here = load_constant(both);
    pair there = {0, 0};
    load_if(entry & 1, next, there);
    int odd = entry & 1;
    return {odd ? here.z : here.x, odd ? here.w : here.y, odd ? there.x : here.z, odd ? there.y : here.w};
}

INLINE void add_edge(float* table, int entry, Edge edge)
{
    float* at = table + 2ll * entry;
#if defined(__CUDA__) && __CUDA_ARCH__ >= 900
    asm volatile("{\n\t"
                 ".reg .pred odd;\n\t"
                 "setp.ne.s32 odd, %5, 0;\n\t"
                 "@!odd red.global.add.v4.f32 [%0], {%1, %2, %3, %4};\n\t"
                 "@odd red.global.add.v2.f32 [%0], {%1, %2};\n\t"
                 "@odd red.global.add.v2.f32 [%0+8], {%3, %4};\n\t"
                 "}" ::"l"(at), "f"(edge.low0), "f"(edge.low1), "f"(edge.high0), "f"(edge.high1), "r"(entry & 1) : "memory");
#else
    add_pair(at, edge.low0, edge.low1);
    add_pair(at + 2, edge.high0, edge.high1);
#endif
}
