module DreamTime.Renderers.Tests.Program

open Expecto
open DreamTime.Testing

let private tests =
    testList "Renderers" [
        CameraTests.tests
        MarchingCubesTests.tests
        DecimationTests.tests
        UvAtlasTests.tests
        BakedTextureTests.tests
        AssetTests.tests
        AssetFileTests.tests
        HashGridTests.tests
        MlpTests.tests
        FieldHeadTests.tests
        CompositingTests.tests
        AdamTests.tests
        OccupancyGridTests.tests
        SceneContractionTests.tests
        RayMarcherTests.tests
        NerfGradientTests.tests
        NerfStateTests.tests
        NerfViewTests.tests
        NerfRefusalTests.tests
        NerfFitTests.tests
        RayRegularizerTests.tests
        ImageRegularizerTests.tests
        RegularizerScheduleTests.tests
        LightTests.tests
        BackgroundTests.tests
        ShapeFileTests.tests
        SolidStartTests.tests
        ProgressiveLevelsTests.tests
        LimitsTests.tests
        PortableVectorsTests.tests
        NeusRendererTests.tests
        SplatRendererTests.tests
        SplatStartTests.tests
        NerfNormalTests.tests
        NeusNormalTests.tests
        SplatNormalTests.tests
        MarchingTetrahedraTests.tests
        RasteriserTests.tests
        PbrTests.tests
        EnvironmentTests.tests
        SurfaceLossTests.tests
        DmtetRendererTests.tests
        RefinedRendererTests.tests
        CudaProofTests.tests
    ]

[<EntryPoint>]
let main arguments = Runner.run "Renderers" tests arguments
