module DreamTime.Diffusion.Tests.Program

open Expecto
open DreamTime.Diffusion
open DreamTime.Testing

let private tests =
    testList "Diffusion" [
        UNetTests.tests
        UNetLaws.tests
        ControlNetTests.tests
        LoRATests.tests
        ClipTests.tests
        Zero123Tests.tests
        CudaTests.tests
        CLIPTextModelTests.tests
        T5Tests.tests
        PixelPriorTests.tests
        ConfigTests.tests
        RandomNetworkTests.tests
        SafetensorsTests.tests
        TokenizerTests.tests
        SchedulerTests.tests
        SamplerLaws.tests
        AnalyticDenoiserTests.tests
        NativeLibtorchTests.tests
        LoadingTests.tests
        CheckpointTests.tests
        AutoencoderKLTests.tests
        PriorTests.tests
        PriorInventoryTests.tests
        MemoryTests.tests
        TextToImageTests.tests
        ZeroTerminalSnrTests.tests
        TensorSumTests.tests
        HostileInputFuzz.tests
        TrainingDataTests.tests
        TrainingVocabularyTests.tests
        TrainingAdamWTests.tests
        TrainingTests.tests
    ]

[<EntryPoint>]
let main arguments =
    NativeLibtorch.Load()
    Runner.run "Diffusion" tests arguments
